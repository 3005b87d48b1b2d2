using EdgeConv.Testing;

namespace EdgeConv.Engine.Tests.Onnx;

/// <summary>Model files of others that tests read when they are there.</summary>
public static class RealModels
{
    public const string ConformanceAbsent =
        "ONNX's backend tests are not there (Debian package libonnx-testdata, or EDGECONV_ONNX_TESTDATA)";

    private static readonly string ConformanceFolder =
        Environment.GetEnvironmentVariable("EDGECONV_ONNX_TESTDATA") ?? "/usr/share/libonnx-testdata/data";

    public static bool HasConformance => Directory.Exists(ConformanceFolder);

    /// <summary>The trained models beside the checkout and in it; empty when there are none.</summary>
    public static IReadOnlyList<string> Trained() =>
        [.. Find(SharedData.Folder is { } shared ? Path.Combine(shared, "models") : null),
         .. Find(Repository.PathOf("deploy", "models"))];

    /// <summary>The folders of the conformance cases that the engine is held to.</summary>
    public static IReadOnlyList<string> Conformance()
    {
        string list = Repository.PathOf("tests", "EdgeConv.Conformance", "onnx-conformance.txt");
        return [.. File.ReadLines(list).Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => Path.Combine(ConformanceFolder, line))];
    }

    private static IEnumerable<string> Find(string? folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.onnx", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
        : [];
}
