using System.Text.RegularExpressions;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Architecture;

/// <summary>What the house promises about its files.</summary>
public sealed partial class HouseTest
{
    private static readonly string[] TopLevel =
        ["EdgeConv.sln", "LICENSE", "README.md", "build.sh", "deploy", "src", "systemd", "tests"];

    private static readonly string[] Written =
        [".cs", ".sh", ".py", ".md", ".yaml", ".json", ".csproj", ".props", ".proto", ".service"];

    [Fact]
    public void The_top_level_holds_exactly_what_it_should()
    {
        IEnumerable<string> entries = Directory.EnumerateFileSystemEntries(Repository.Root)
            .Select(path => Path.GetFileName(path)!)
            .Where(name => !name.StartsWith('.') && name is not "artifacts");
        Assert.Equal(TopLevel, entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Log_event_ids_are_unique()
    {
        List<string> ids = [.. SourceFiles()
            .SelectMany(file => LogEvent().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Nothing_is_left_open()
    {
        string[] files = [.. WrittenFiles()];
        foreach (string kind in Written)
            Assert.Contains(files, file => file.EndsWith(kind, StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => LeftOpen().IsMatch(File.ReadAllText(file)));
    }

    [Theory]
    [InlineData("// T\u004fDO: later")]
    [InlineData("# FIX\u004dE")]
    [InlineData("throw new Not\u0049mplementedException();")]
    public void What_is_left_open_would_be_found(string line) => Assert.Matches(LeftOpen(), line);

    [Fact]
    public void The_line_is_drawn_in_the_map_and_in_the_readme()
    {
        string map = File.ReadAllText(Repository.PathOf("src", "README.md"));
        string readme = File.ReadAllText(Repository.PathOf("README.md"));
        Assert.Equal(LineOf(readme), LineOf(map));
    }

    private static string LineOf(string text)
    {
        int begin = text.IndexOf(" Source ──", StringComparison.Ordinal);
        return text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    private static IEnumerable<string> WrittenFiles() => Directory
        .EnumerateFiles(Repository.Root, "*", SearchOption.TopDirectoryOnly)
        .Concat(((string[])["src", "tests", "deploy", "systemd", ".ci"]).SelectMany(folder =>
            Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories)))
        .Where(file => !Path.GetRelativePath(Repository.Root, file).Split('/')
            .Any(part => part is "obj" or "bin" or "__pycache__"))
        .Where(file => Written.Contains(Path.GetExtension(file)) || Path.GetFileName(file) == "run");

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) &&
                !file.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex(@"\[LoggerMessage\((\d+),")]
    private static partial Regex LogEvent();

    [GeneratedRegex(@"Not[I]mplementedException|\b(T[O]DO|FIX[M]E|H[A]CK|X[X]X)\b")]
    private static partial Regex LeftOpen();
}
