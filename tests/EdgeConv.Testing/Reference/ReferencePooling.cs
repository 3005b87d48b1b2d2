namespace EdgeConv.Testing.Reference;

/// <summary>
/// The pooling of ONNX as plain loops over planes <c>[C,H,W]</c>. One dimension is a height of 1.
/// </summary>
public sealed record ReferencePooling
{
    /// <summary>H and W.</summary>
    public required (int Y, int X) Input { get; init; }

    /// <summary>KH and KW.</summary>
    public required (int Y, int X) Kernel { get; init; }

    /// <summary>Strides.</summary>
    public (int Y, int X) Stride { get; init; } = (1, 1);

    /// <summary>Dilations.</summary>
    public (int Y, int X) Dilation { get; init; } = (1, 1);

    /// <summary>Padding at the top and on the left.</summary>
    public (int Y, int X) PadBegin { get; init; }

    /// <summary>Padding at the bottom and on the right.</summary>
    public (int Y, int X) PadEnd { get; init; }

    /// <summary>Round the output extents up instead of down.</summary>
    public bool CeilMode { get; init; }

    /// <summary>H' and W'; a window that would start in the end padding is left out, as ONNX says.</summary>
    public (int Y, int X) Output => (
        Extent(Input.Y, PadBegin.Y, PadEnd.Y, Kernel.Y, Stride.Y, Dilation.Y),
        Extent(Input.X, PadBegin.X, PadEnd.X, Kernel.X, Stride.X, Dilation.X));

    /// <summary>The greatest value under each window, padding left out.</summary>
    public float[] Max(ReadOnlySpan<float> x, int channels) =>
        Run(x, channels, static values => values.Max());

    /// <summary>
    /// The mean under each window; padding counts as zeros where <paramref name="countPadding"/>.
    /// </summary>
    public float[] Average(ReadOnlySpan<float> x, int channels, bool countPadding)
    {
        float[] y = Run(x, channels, static values => values.Sum(value => (double)value));
        for (int i = 0; i < y.Length; i++)
        {
            int oy = i / Output.X % Output.Y, ox = i % Output.X;
            int rows = Taps(
                oy * Stride.Y, Kernel.Y, Dilation.Y, (PadBegin.Y, Input.Y, PadEnd.Y), countPadding);
            int columns = Taps(
                ox * Stride.X, Kernel.X, Dilation.X, (PadBegin.X, Input.X, PadEnd.X), countPadding);
            y[i] /= rows * columns;
        }

        return y;
    }

    private static int Taps(
        int start, int kernel, int dilation, (int Begin, int Input, int End) line, bool countPadding)
    {
        int least = countPadding ? 0 : line.Begin;
        int end = line.Begin + line.Input + (countPadding ? line.End : 0);
        return Enumerable.Range(0, kernel).Select(k => start + (k * dilation)).Count(
            at => at >= least && at < end);
    }

    private int Extent(int input, int begin, int end, int kernel, int stride, int dilation)
    {
        int room = input + begin + end - ((kernel - 1) * dilation) - 1;
        if (room < 0)
            return 0;
        int extent = ((CeilMode ? room + stride - 1 : room) / stride) + 1;
        return CeilMode && (extent - 1) * stride >= input + begin ? extent - 1 : extent;
    }

    private float[] Run(ReadOnlySpan<float> x, int channels, Func<List<float>, double> reduce)
    {
        float[] y = new float[channels * Output.Y * Output.X];
        for (int i = 0; i < y.Length; i++)
        {
            int plane = i / (Output.Y * Output.X);
            List<float> values = Window(x.Slice(plane * Input.Y * Input.X, Input.Y * Input.X), i);
            y[i] = values.Count == 0 ? float.NaN : (float)reduce(values);
        }

        return y;
    }

    private List<float> Window(ReadOnlySpan<float> plane, int output)
    {
        int oy = output / Output.X % Output.Y, ox = output % Output.X;
        List<float> values = [];
        for (int ky = 0; ky < Kernel.Y; ky++)
        {
            for (int kx = 0; kx < Kernel.X; kx++)
            {
                int iy = (oy * Stride.Y) + (ky * Dilation.Y) - PadBegin.Y;
                int ix = (ox * Stride.X) + (kx * Dilation.X) - PadBegin.X;
                if (iy >= 0 && iy < Input.Y && ix >= 0 && ix < Input.X)
                    values.Add(plane[(iy * Input.X) + ix]);
            }
        }

        return values;
    }
}
