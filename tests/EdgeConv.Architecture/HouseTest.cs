using System.Text.RegularExpressions;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Architecture;

/// <summary>What the house promises about its files.</summary>
public sealed partial class HouseTest
{
    private static readonly string[] TopLevel =
        ["EdgeConv.sln", "LICENSE", "README.md", "build.sh", "deploy", "src", "systemd", "tests"];

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
        IEnumerable<string> open = SourceFiles().Where(file => LeftOpen().IsMatch(File.ReadAllText(file)));
        Assert.Empty(open);
    }

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

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) &&
                !file.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex(@"\[LoggerMessage\((\d+),")]
    private static partial Regex LogEvent();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex LeftOpen();
}
