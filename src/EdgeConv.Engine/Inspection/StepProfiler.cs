using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;

namespace EdgeConv.Engine.Inspection;

/// <summary>What one step of a plan takes.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Kernel">The kernel that computes it; null when it has none of its own.</param>
/// <param name="Output">Extents of its first output.</param>
/// <param name="Milliseconds">Median time of one run.</param>
/// <param name="MultiplyAdds">Multiply-adds of one run.</param>
/// <param name="Bytes">Bytes of the values it reads and writes, constants included, each once.</param>
public sealed record StepTime(
    string Node,
    string Operator,
    string? Kernel,
    IReadOnlyList<int> Output,
    double Milliseconds,
    long MultiplyAdds,
    long Bytes);

/// <summary>Times the steps of a model one by one.</summary>
public static class StepProfiler
{
    private const int WarmUps = 5;
    private const int MostRuns = 1000;

    /// <summary>Runs the model in <paramref name="path"/> for about <paramref name="duration"/>.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="options">Shapes, values and threads as for a session.</param>
    /// <param name="duration">How long.</param>
    /// <param name="fill">Writes the inputs of the session.</param>
    /// <returns>The steps in the order they run.</returns>
    /// <exception cref="ModelError">The file is no valid model, or the engine does not run it.</exception>
    public static IReadOnlyList<StepTime> Measure(
        string path, SessionOptions options, TimeSpan duration, Action<ISession> fill)
    {
        ArgumentNullException.ThrowIfNull(fill);
        using EngineSession session = EngineSessionFactory.Start(OnnxReader.Read(path), options);
        IReadOnlyList<Node> nodes = session.Nodes;
        fill(session);
        for (int i = 0; i < WarmUps; i++)
            session.Run();
        long[][] ticks = [.. nodes.Select(_ => new long[MostRuns])];
        Stopwatch total = Stopwatch.StartNew();
        int runs = 0;
        for (; runs < MostRuns && (runs == 0 || total.Elapsed < duration); runs++)
            session.RunTimed(ticks, runs);
        return [.. nodes.Select((node, i) => Describe(node, MedianOf(ticks[i].AsSpan(0, runs))))];
    }

    private static double MedianOf(Span<long> ticks)
    {
        ticks.Sort();
        return ticks[ticks.Length / 2] * 1000.0 / Stopwatch.Frequency;
    }

    private static StepTime Describe(Node node, double milliseconds)
    {
        IEnumerable<Value> values = node.Inputs.Concat(node.Outputs).OfType<Value>().Distinct();
        return new StepTime(
            node.Name,
            node.OperatorName,
            node.Operator!.KernelName,
            node.Outputs.OfType<Value>().First().Shape!.Dimensions.ToArray(),
            milliseconds,
            node.Operator.MultiplyAdds,
            values.Sum(value => value.Shape!.ElementCount * DataTypes.SizeOf(value.Type!.Value)));
    }
}
