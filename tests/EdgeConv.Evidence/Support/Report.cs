using System.Globalization;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Evidence.Support;

/// <summary>
/// A table of figures: kept in <c>artifacts/evidence/</c>, from where the test run prints it, and shown with
/// the test.
/// </summary>
internal sealed class Report(string name)
{
    private readonly List<string> _lines = [];

    /// <summary>The folder of all tables and of what the tools leave.</summary>
    public static string Folder { get; } =
        Directory.CreateDirectory(Repository.PathOf("artifacts", "evidence")).FullName;

    public void Add(FormattableString line, string remark = "") =>
        _lines.Add(line.ToString(CultureInfo.InvariantCulture) + remark);

    public void Write()
    {
        File.WriteAllLines(Path.Combine(Folder, name + ".txt"), _lines);
        foreach (string line in _lines)
            TestContext.Current.TestOutputHelper?.WriteLine(line);
    }
}
