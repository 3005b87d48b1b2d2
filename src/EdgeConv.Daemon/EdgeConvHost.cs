using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Commands;

namespace EdgeConv.Daemon;

/// <summary>
/// The whole program, for hosts of one's own that add drivers of sensors to
/// <see cref="Devices.Sensors.Chips.SensorChips"/> before they start it.
/// </summary>
public static class EdgeConvHost
{
    /// <summary>Runs a command line, as <c>edgeconv</c> does, and gives its exit status.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return args is [BenchWorker.Verb, ..]
            ? BenchWorker.Run(args.AsSpan(1))
            : await Root.RunAsync(args).ConfigureAwait(false);
    }
}
