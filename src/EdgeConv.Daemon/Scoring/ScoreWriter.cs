using System.Globalization;
using System.Text.Json;
using EdgeConv.Mqtt;

namespace EdgeConv.Daemon.Scoring;

/// <summary>How rows are written.</summary>
internal enum ScoreFormat
{
    /// <summary>Columns for a person.</summary>
    Text,

    /// <summary>RFC 4180 with a header line.</summary>
    Csv,

    /// <summary>A JSON object a line.</summary>
    Json,
}

/// <summary>Writes rows as they come.</summary>
/// <param name="format">How.</param>
/// <param name="region">What the rows' regions are; their columns are there only where it is one.</param>
/// <param name="text">Where to.</param>
internal sealed class ScoreWriter(ScoreFormat format, RegionKind region, TextWriter text)
{
    private static readonly char[] NeedQuotes = [',', '"', '\n', '\r'];
    private bool _hasHeader;

    /// <summary>Writes one row, and the header before the first.</summary>
    public void Write(ScoreRow row)
    {
        if (format == ScoreFormat.Json)
        {
            text.WriteLine(JsonSerializer.Serialize(row, ScoreJson.Default.ScoreRow));
            return;
        }

        if (!_hasHeader)
            text.WriteLine(format == ScoreFormat.Csv ? CsvHeader(row) : TextHeader());
        _hasHeader = true;
        text.WriteLine(format == ScoreFormat.Csv ? Csv(row) : Text(row));
    }

    private static string TextHeader() =>
        Columns("input", "label", "p", "verdict", "squared distances; what contributed most");

    private string Text(ScoreRow row) => Columns(
        $"{row.Origin} {row.Sequence}",
        row.Label ?? "-",
        Fixed(row.P, 4),
        row.Verdict,
        $"{Distances(row)}; {Contributions(row)}{Place(row)}");

    private static string Columns(string input, string label, string p, string verdict, string rest) =>
        $"{input,-28} {label,-14} {p,6} {verdict,-8} {rest}";

    private string CsvHeader(ScoreRow row) => string.Join(',', (string[])
    [
        "origin", "sequence", "label", "label_score", "p", "verdict", "tap",
        .. row.Taps.Select(tap => Quoted($"distance {tap.Name}")), "contributions",
        .. RegionColumns().Select(column => $"region_{column}"),
    ]);

    private string Csv(ScoreRow row) => string.Join(',', (string[])
    [
        Quoted(row.Origin), Number(row.Sequence), Quoted(row.Label ?? ""), Number(row.LabelScore),
        Number(row.P), row.Verdict, Quoted(row.Tap), .. row.Taps.Select(tap => Number(tap.Distance)),
        Quoted(Contributions(row)), .. RegionValues(row.Region),
    ]);

    private static string Distances(ScoreRow row) =>
        string.Join(' ', row.Taps.Select(tap => Fixed(tap.Distance, 2)));

    private static string Contributions(ScoreRow row) => string.Join("; ", row.Contributions.Select(
        part => $"{part.Statistic} {Number(part.Channel)} {Fixed(part.Amount ?? double.NaN, 2)}"));

    // As results name them.
    private string[] RegionColumns() => region switch
    {
        RegionKind.Box => ["x", "y", "width", "height"],
        RegionKind.Stretch => ["start", "end", "start_s", "end_s"],
        _ => [],
    };

    private string[] RegionValues(RegionPayload? of) => region switch
    {
        RegionKind.Box => [Number(of?.X), Number(of?.Y), Number(of?.Width), Number(of?.Height)],
        RegionKind.Stretch => [Number(of?.Start), Number(of?.End), Number(of?.StartS), Number(of?.EndS)],
        _ => [],
    };

    private string Place(ScoreRow row)
    {
        IEnumerable<string> fields =
            RegionColumns().Zip(RegionValues(row.Region), (name, value) => $"{name} {value}");
        return row.Region is null ? "" : $"; odd at {string.Join(", ", fields)}";
    }

    private static string Quoted(string field) => field.IndexOfAny(NeedQuotes) < 0
        ? field
        : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Fixed(double value, int digits) =>
        value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    // Empty where there is none.
    private static string Number(IFormattable? value) =>
        value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
