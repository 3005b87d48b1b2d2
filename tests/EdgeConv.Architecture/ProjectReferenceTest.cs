using System.Xml.Linq;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Architecture;

/// <summary>Holds the table in src/README.md true: which project may see which.</summary>
public sealed class ProjectReferenceTest
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Kernels"] = ["Core"],
        ["Engine"] = ["Core", "Kernels"],
        ["OnnxRuntime"] = ["Core"],
        ["Gating"] = ["Core", "Kernels"],
        ["Devices"] = ["Core"],
        ["Mqtt"] = ["Core"],
        ["Pipeline"] = ["Core", "Kernels", "Gating"],
        ["Daemon"] = ["Core", "Kernels", "Engine", "OnnxRuntime", "Gating", "Devices", "Mqtt", "Pipeline"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        IEnumerable<string> references = ReferencesOf(Repository.PathOf("src", $"EdgeConv.{project}"));
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void Every_source_project_is_in_the_table()
    {
        IEnumerable<string> folders = Directory.GetDirectories(Repository.PathOf("src"), "EdgeConv.*")
            .Select(folder => Path.GetFileName(folder)["EdgeConv.".Length..]);
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_in_the_map_is_this_table()
    {
        string map = File.ReadAllText(Repository.PathOf("src", "README.md"));
        foreach ((string project, string[] allowed) in Allowed)
        {
            string sees = project == "Daemon" ? "all" : allowed.Length == 0 ? "nothing" : string.Join(", ", allowed);
            Assert.Matches($@"\| `EdgeConv\.{project}` \| [^|]+ \| {sees} \|", map);
        }
    }

    [Fact]
    public void Every_source_project_has_a_test_project()
    {
        foreach (string project in Allowed.Keys)
            Assert.True(Directory.Exists(Repository.PathOf("tests", $"EdgeConv.{project}.Tests")), project);
    }

    private static IEnumerable<string> ReferencesOf(string folder) =>
        Directory.GetFiles(folder, "*.csproj")
            .SelectMany(file => XDocument.Load(file).Descendants("ProjectReference"))
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Select(name => name["EdgeConv.".Length..]);
}
