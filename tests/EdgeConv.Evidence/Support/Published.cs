using EdgeConv.Testing;

namespace EdgeConv.Evidence.Support;

/// <summary>The programs under examination and the models they run.</summary>
internal static class Published
{
    /// <summary>The daemon for arm64.</summary>
    public static string Daemon { get; } = Repository.PathOf("artifacts", "linux-arm64", "edgeconv");

    /// <summary>Its symbols, which the publish folder does not hold.</summary>
    public static string DaemonSymbols { get; } = Repository.PathOf(
        "src", "EdgeConv.Daemon", "bin", "Release", "net10.0", "linux-arm64", "native", "edgeconv.dbg");

    /// <summary>The program that runs a model a fixed number of times.</summary>
    public static string FixedRuns(string rid) =>
        Repository.PathOf("artifacts", "fixed-runs", rid, "fixed-runs");

    /// <summary>A model of the repository.</summary>
    public static string OwnModel(string folder, string name) =>
        Repository.PathOf("deploy", "models", folder, name + ".onnx");

    /// <summary>First words of why tests without it are skipped.</summary>
    public const string NoMobileNetV2 = "mobilenet_v2_224.onnx (in EDGECONV_NETWORKS), or: ";

    /// <summary>The exported MobileNetV2 for 224 x 224, or null when it is not there.</summary>
    public static string? MobileNetV2 { get; } = Exported("mobilenet_v2_224.onnx");

    public static bool HasMobileNetV2 => MobileNetV2 is not null;

    /// <summary>A model of the shared test data, or null when it is not there.</summary>
    public static string? Shared(string name)
    {
        string? file = SharedData.IsPresent ? SharedData.PathOf("models", name + ".onnx") : null;
        return File.Exists(file) ? file : null;
    }

    private static string? Exported(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("EDGECONV_NETWORKS");
        string? file = folder is null ? null : Path.Combine(folder, name);
        return File.Exists(file) ? file : null;
    }
}
