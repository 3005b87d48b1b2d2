using EdgeConv.Core;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// The classes that a fit tells apart: a classifier's own answers. Whatever has other outputs knows one
/// class.
/// </summary>
internal static class ClassifierOutput
{
    private const int MostClasses = 1000;

    /// <summary>Classes of a model whose only output is float32 <c>[1,K]</c>; 1 for any other.</summary>
    public static int ClassesOf(ISession session)
    {
        TensorInfo output = session.Outputs[0];
        bool isClassifier = session.Outputs.Count == 1 && output.Type == DataType.Float32 &&
            output.Shape.Rank == 2 && output.Shape[0] == 1 && output.Shape[1] is > 1 and <= MostClasses;
        return isClassifier ? output.Shape[1] : 1;
    }

    /// <summary>The class of the last run: the greatest output, the first of equal ones.</summary>
    public static int ClassOf(ISession session)
    {
        if (ClassesOf(session) == 1)
            return 0;
        ReadOnlySpan<float> scores = session.GetOutput(0).AsSpan<float>();
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
                best = i;
        }

        return best;
    }
}
