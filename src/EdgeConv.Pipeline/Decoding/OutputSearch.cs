using EdgeConv.Core;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>
/// Finds the outputs a decoder reads by their shapes, since exporters name and order them freely.
/// </summary>
internal static class OutputSearch
{
    /// <summary>Index of the only float output whose shape fits.</summary>
    /// <exception cref="ModelError">None fits, or several do.</exception>
    public static int Find(ISession session, Func<Shape, bool> fits, string wanted)
    {
        int found = -1;
        for (int i = 0; i < session.Outputs.Count; i++)
        {
            TensorInfo output = session.Outputs[i];
            if (output.Type != DataType.Float32 || !fits(output.Shape))
                continue;
            if (found >= 0)
                throw Problem(session, $"several outputs have the shape of {wanted}");
            found = i;
        }

        return found >= 0 ? found : throw Problem(session, $"no output has the shape of {wanted}");
    }

    /// <summary>What is wrong with the outputs, and which there are.</summary>
    public static ModelError Problem(ISession session, string problem) => new(session.Model.Path,
        $"{problem}; outputs are {string.Join(", ", session.Outputs.Select(o => $"'{o.Name}' {o.Shape}"))}");
}
