using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Options;
using EdgeConv.Core;
using EdgeConv.Engine.Inspection;

namespace EdgeConv.Daemon.Tests.Benchmarking;

/// <summary>Measured values that are easy to compute with.</summary>
internal static class Figures
{
    public static BenchRequest Request(bool withRival = false, bool withColdStart = false) => new()
    {
        Order = new WorkerOrder(Backend.EdgeConv, 1, "", new Dictionary<string, Shape>()),
        WithRival = withRival,
        WithColdStart = withColdStart,
    };

    /// <summary>50 million multiply-adds in 2 ms on a machine of 100 GFLOP/s.</summary>
    public static ModelFigures Ours(string name, double? rivalMedian = null) => new(
        2,
        100,
        Of("edgeconv", name, 2, 50_000_000, 4096),
        rivalMedian is { } median ? Of("onnxruntime", name, median, 0, 0) : null);

    /// <summary>A model that only ONNX Runtime ran.</summary>
    public static ModelFigures Theirs(string name) => new(1, 100, Of("onnxruntime", name, 3, 0, 0), null);

    public static StepTime Step { get; } = new("n", "Conv", "k", [1, 8, 4, 4], 0.5, 5_000_000, 1000);

    private static BackendFigures Of(string backend, string name, double median, long multiplyAdds, long arena) => new(
        new WorkerLine.Ready(backend, multiplyAdds, arena, name),
        100,
        median,
        median + 1,
        0.005,
        new MemoryFigures(30_000_000, 40_000_000, 0));
}
