using EdgeConv.Core;
using EdgeConv.Engine.Verification;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Conformance;

/// <summary>
/// The cases of ONNX's own backend tests that cover convolutional networks, where they are installed.
/// </summary>
public static class ConformanceCases
{
    public const string Absent =
        "ONNX's backend tests are not there (Debian package libonnx-testdata, or EDGECONV_ONNX_TESTDATA)";

    private const string Installed = "/usr/share/libonnx-testdata/data";

    public static bool ArePresent => Directory.Exists(Folder);

    private static string Folder => Environment.GetEnvironmentVariable("EDGECONV_ONNX_TESTDATA") ?? Installed;

    /// <summary>A case's folder.</summary>
    public static string PathOf(string kind, string name) => Path.Combine(Folder, kind, name);

    /// <summary>Runs all cases of the list.</summary>
    public static IReadOnlyList<CaseResult> RunAll(ISessionFactory factory)
    {
        string list = Repository.PathOf("tests", "EdgeConv.Conformance", "onnx-conformance.txt");
        CaseRunner runner = new(factory, Tolerance.Onnx);
        return [.. CaseFolders.FromList(list, Folder).Select(runner.Run)];
    }

    /// <summary>Fails with a line for every case that has the outcome.</summary>
    public static void RequireNone(IEnumerable<CaseResult> results, CaseOutcome outcome)
    {
        string[] lines = [.. results.Where(r => r.Outcome == outcome).Select(r => $"{r.Name}: {r.Reason}")];
        if (lines.Length > 0)
            Assert.Fail($"{lines.Length} cases {outcome}:\n{string.Join('\n', lines)}");
    }
}
