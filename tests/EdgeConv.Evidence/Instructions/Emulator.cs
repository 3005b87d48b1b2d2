using System.Globalization;
using EdgeConv.Evidence.Support;
using EdgeConv.Testing;

namespace EdgeConv.Evidence.Instructions;

/// <summary>Runs the arm64 program on an emulated Cortex-A72 under a plugin that counts.</summary>
internal static class Emulator
{
    private const string Cpu = "cortex-a72";

    private static readonly Lazy<string> Plugin = new(Build);
    private static readonly Lazy<string> Prefix = new(MakePrefix);

    /// <summary>Why nothing is counted.</summary>
    public const string Absent = "qemu-aarch64 (package qemu-user), clang, the arm64 libraries or " +
        "artifacts/fixed-runs/linux-arm64 (./build.sh test) is not there";

    public static bool IsAvailable => Tool.Find("qemu-aarch64") is not null && Tool.Find("clang") is not null
        && File.Exists("/usr/lib/aarch64-linux-gnu/libc.so.6")
        && File.Exists(Published.FixedRuns("linux-arm64"));

    private const int Runs = 4;

    private static readonly Dictionary<(string, string), Execution> Known = [];

    /// <summary>What one inference executes once it is warmed up, on one thread.</summary>
    public static Execution PerInference(string backend, string model)
    {
        if (!Known.TryGetValue((backend, model), out Execution? known))
            Known.Add((backend, model), known = Run(backend, model).PerRun(Runs));
        return known;
    }

    private static Execution Run(string backend, string model)
    {
        string file = Path.Combine(Report.Folder, "counts.out");
        File.Delete(file);
        Tool.Run(
            "qemu-aarch64",
            [
                "-cpu", Cpu, "-L", Prefix.Value, "-plugin", $"{Plugin.Value},out={file}",
                Published.FixedRuns("linux-arm64"), backend, model,
                Runs.ToString(CultureInfo.InvariantCulture),
            ],
            // No collection falls into what is counted.
            ("ORT_DISABLE_TELEMETRY", "1"), ("DOTNET_GCgen0size", "20000000"));
        return Execution.Read(file);
    }

    private static string Build()
    {
        string plugin = Path.Combine(Report.Folder, "count.so");
        string source = Repository.PathOf("tests", "EdgeConv.Evidence", "Instructions", "count.c");
        Tool.Run("clang", ["-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-o", plugin, source]);
        return plugin;
    }

    // ONNX Runtime reads the processor's features from /proc/cpuinfo and does not survive those of an x64
    // machine: qemu looks for files below this folder first. The features must be those of the emulated core.
    private static string MakePrefix()
    {
        string prefix = Path.Combine(Report.Folder, "prefix");
        Directory.CreateDirectory(Path.Combine(prefix, "proc"));
        File.WriteAllText(
            Path.Combine(prefix, "proc", "cpuinfo"),
            """
            processor	: 0
            BogoMIPS	: 108.00
            Features	: fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid
            CPU implementer	: 0x41
            CPU architecture: 8
            CPU variant	: 0x0
            CPU part	: 0xd08
            CPU revision	: 3


            """);
        return prefix;
    }
}
