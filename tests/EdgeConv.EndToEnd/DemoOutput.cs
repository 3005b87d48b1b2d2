using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>What a demo printed: a line for each message, and a summary for each pipeline.</summary>
internal sealed partial class DemoOutput(string text)
{
    private readonly string[] _lines = text.Split('\n');

    /// <summary>Printed messages.</summary>
    public int MessageCount => _lines.Count(line => MessageLine().IsMatch(line));

    /// <summary>Messages, as the summary says.</summary>
    public int Total => int.Parse(TotalLine().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>Decisions of governors among them, as the summary says.</summary>
    public int Decisions => int.Parse(TotalLine().Match(text).Groups[2].Value, CultureInfo.InvariantCulture);

    /// <summary>Results, accepted and ood of each pipeline, as the summary says.</summary>
    public IReadOnlyList<(string Name, int Results, int Accepted, int Ood)> Pipelines =>
        [.. PipelineLine().Matches(text).Select(match => (
            match.Groups[1].Value, Number(match.Groups[2]), Number(match.Groups[3]), Number(match.Groups[4])))];

    /// <summary>The lines of a pipeline whose input has a name with this beginning; at least one.</summary>
    public IReadOnlyList<string> LinesOf(string pipeline, string origin)
    {
        string[] lines = [.. _lines.Where(line => MessageLine().IsMatch(line) &&
            line.Contains($"  {pipeline} ", StringComparison.Ordinal) &&
            line.Contains($"  {origin}", StringComparison.Ordinal))];
        Assert.True(lines.Length != 0, $"no '{origin}' of {pipeline} in\n{text}");
        return lines;
    }

    /// <summary>The share of a pipeline's inputs of a name that the gate flagged.</summary>
    public double Flagged(string pipeline, string origin) => ShareOf(LinesOf(pipeline, origin));

    /// <summary>The share of a pipeline's inputs that the gate flagged, without those of some names.</summary>
    public double FlaggedWithout(string pipeline, params string[] origins) =>
        ShareOf([.. LinesOf(pipeline, "").Where(
            line => !origins.Any(origin => line.Contains($"  {origin}", StringComparison.Ordinal)))]);

    private static double ShareOf(IReadOnlyList<string> lines)
    {
        Assert.NotEmpty(lines);
        return lines.Count(line => line.Contains("  ood ", StringComparison.Ordinal)) / (double)lines.Count;
    }

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d+) messages received over MQTT, (\d+) of them", RegexOptions.Multiline)]
    private static partial Regex TotalLine();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3}  (faces|fashion|heart) ")]
    private static partial Regex MessageLine();

    [GeneratedRegex(@"^(\w+): (\d+) results, (\d+) accepted, (\d+) ood;", RegexOptions.Multiline)]
    private static partial Regex PipelineLine();
}
