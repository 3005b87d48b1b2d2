using System.Numerics;
using EdgeConv.Core;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>Scores of K classes at every pixel, and which of them is greatest.</summary>
/// <param name="Classes">K.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="IsPlanar">True for <c>[1,K,H,W]</c>, false for <c>[1,H,W,K]</c>.</param>
/// <param name="Threshold">Where K is 1: what a score must exceed for class 1.</param>
internal sealed record ClassScores(int Classes, int Height, int Width, bool IsPlanar, float Threshold)
{
    /// <summary>
    /// Reads the extents off output 0; null when it holds no scores. K is the axis that has as many entries as there are
    /// labels; else the others have the proportions of the input; else the order is that of the input.
    /// </summary>
    public static ClassScores? Of(ISession session, DecodeOptions options)
    {
        TensorInfo output = session.Outputs[0];
        Shape shape = output.Shape;
        if (output.Type != DataType.Float32 || shape.Rank != 4 || shape[0] != 1 || shape.ElementCount == 0)
            return null;
        bool isPlanar = IsPlanarScores(shape, session.Inputs[0].Shape, options.Labels.Count);
        // A probability p of one class is above t where its logit is above ln(t / (1 - t)).
        float threshold = options.Softmax ? MathF.Log(options.Threshold / (1 - options.Threshold)) : options.Threshold;
        return isPlanar
            ? new ClassScores(shape[1], shape[2], shape[3], true, threshold)
            : new ClassScores(shape[3], shape[1], shape[2], false, threshold);
    }

    private static bool IsPlanarScores(Shape scores, Shape input, int labels)
    {
        if (labels != 0 && (scores[1] == labels) != (scores[3] == labels))
            return scores[1] == labels;
        if (PictureShape.Of(input) is not { } picture)
            return scores[1] <= scores[3];
        bool isPlanar = HasProportions(scores[2], scores[3], picture);
        bool isLast = HasProportions(scores[1], scores[2], picture);
        return isPlanar == isLast ? picture.IsPlanar : isPlanar;
    }

    // But for what rounding to whole rows and columns makes.
    private static bool HasProportions(int height, int width, PictureShape picture) =>
        Math.Abs(((long)height * picture.Width) - ((long)width * picture.Height))
            <= Math.Max(picture.Width, picture.Height);

    /// <summary>Writes the class of each pixel; of equal scores the first.</summary>
    /// <param name="scores">The output.</param>
    /// <param name="classes">Receives <c>[Height, Width]</c>.</param>
    public void Classify(ReadOnlySpan<float> scores, Span<byte> classes)
    {
        if (Classes == 1)
            ClassifyOne(scores, classes);
        else if (IsPlanar)
            ClassifyPlanes(scores, classes);
        else
            ClassifyPixels(scores, classes);
    }

    private void ClassifyOne(ReadOnlySpan<float> scores, Span<byte> classes)
    {
        for (int i = 0; i < classes.Length; i++)
            classes[i] = scores[i] > Threshold ? (byte)1 : (byte)0;
    }

    private void ClassifyPixels(ReadOnlySpan<float> scores, Span<byte> classes)
    {
        for (int i = 0; i < classes.Length; i++)
            classes[i] = (byte)Greatest(scores.Slice(i * Classes, Classes), 1);
    }

    private void ClassifyPlanes(ReadOnlySpan<float> scores, Span<byte> classes)
    {
        int lanes = Vector<float>.Count, plane = classes.Length, i = 0;
        for (; i + lanes <= plane; i += lanes)
        {
            Vector<float> best = new(scores[i..]);
            Vector<int> index = Vector<int>.Zero;
            for (int k = 1; k < Classes; k++)
            {
                Vector<float> score = new(scores[((k * plane) + i)..]);
                Vector<int> isGreater = Vector.GreaterThan(score, best);
                best = Vector.ConditionalSelect(isGreater, score, best);
                index = Vector.ConditionalSelect(isGreater, new Vector<int>(k), index);
            }

            for (int lane = 0; lane < lanes; lane++)
                classes[i + lane] = (byte)index[lane];
        }

        for (; i < plane; i++)
            classes[i] = (byte)Greatest(scores[i..], plane);
    }

    private int Greatest(ReadOnlySpan<float> scores, int step)
    {
        int best = 0;
        for (int k = 1; k < Classes; k++)
        {
            if (scores[k * step] > scores[best * step])
                best = k;
        }

        return best;
    }
}
