using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using EdgeConv.Testing;
using EdgeConv.Testing.FaultInjection;

namespace EdgeConv.Benchmarks.Gate.Faults;

/// <summary>The published program killed during fits and their savings, see <see cref="FitKills"/>.</summary>
internal static class FaultSection
{
    private const int Kills = 200;

    private static string Program => Repository.PathOf(
        "artifacts", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64", "edgeconv");

    /// <summary>Kills; null, with a word on standard error, when the program is not there.</summary>
    /// <exception cref="InvalidOperationException">A file was damaged, lost or another.</exception>
    public static GateSection? Measure(GateData data)
    {
        if (!File.Exists(Program))
        {
            Console.Error.WriteLine($"{Program} is not there (./build.sh publish): nothing is killed");
            return null;
        }

        string folder = Directory.CreateTempSubdirectory("edgeconv-faults-").FullName;
        try
        {
            Stopwatch clock = Stopwatch.StartNew();
            KillCounts counts = new FitKills(
                Program, Path.Combine(data.Models, "heart", "heart.onnx"), folder).Run(Kills);
            return new GateSection(
                $"Faults: {Kills} times SIGKILL during `fit --resume --save-every 0`", Lines(counts, clock.Elapsed));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Lines(KillCounts counts, TimeSpan time) =>
    [
        "Two of four kills come at any time, one while the state is saved, one while the fingerprint is; in turns "
            + "where there is none yet and over an older one.",
        "",
        "| kills | left a file half written beside | runs that went on | fits that got through |",
        "| ---: | ---: | ---: | ---: |",
        string.Create(CultureInfo.InvariantCulture,
            $"| {counts.Kills} | {counts.DuringSave} | {counts.Resumed} | {counts.Fits} |"),
        "",
        string.Create(CultureInfo.InvariantCulture,
            $"It took {time.TotalSeconds:0} s. After each kill state and fingerprint were whole, or not there as before; ")
            + "each fingerprint in the end was, but for the time in it, byte for byte that of an undisturbed fit. The "
            + "first that is not ends the measurement without a report.",
    ];
}
