using System.Text.RegularExpressions;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Architecture;

/// <summary>Every environment variable that the program reads is explained to whoever deploys it.</summary>
public sealed partial class EnvironmentTest
{
    [Fact]
    public void Every_variable_is_in_the_table()
    {
        string table = File.ReadAllText(Repository.PathOf("deploy", "config", "README.md"));
        string[] read = [.. Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Variable().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))];
        Assert.Contains("EDGECONV_KERNELS", read);
        Assert.Contains("CREDENTIALS_DIRECTORY", read);
        Assert.All(read, variable => Assert.Contains($"`{variable}`", table, StringComparison.Ordinal));
    }

    [GeneratedRegex("(?:GetEnvironmentVariable\\(|string Variable = )\"([A-Z_]+)\"")]
    private static partial Regex Variable();
}
