using System.Diagnostics;
using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Benchmarks.Family;

/// <summary>Times of models by the native program, which is what runs on a board.</summary>
internal static class NativeBench
{
    /// <summary>Runs <c>edgeconv bench</c> on one thread.</summary>
    /// <returns>A time for each model, in their order.</returns>
    /// <exception cref="DeviceError">The program does not run, or refuses a model.</exception>
    public static IReadOnlyList<ServiceTime> Measure(string program, IReadOnlyList<string> models)
    {
        ProcessStartInfo info = new(program, ["bench", "--json", .. models]) { RedirectStandardOutput = true };
        using Process process = Process.Start(info) ?? throw new DeviceError(program, "cannot be started");
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. lines.Take(models.Count).Select(TimeOf)]
            : throw new DeviceError(program, "could not measure every model");
    }

    // One figure of each, whatever number of runs it is of.
    private static ServiceTime TimeOf(string line)
    {
        JsonElement row = JsonDocument.Parse(line).RootElement;
        TimeSpan Of(string name) => TimeSpan.FromMilliseconds(row.GetProperty(name).GetDouble());
        return new ServiceTime(Of("edgeconv_ms"), Of("edgeconv_p99_ms"), Runs: 1);
    }
}
