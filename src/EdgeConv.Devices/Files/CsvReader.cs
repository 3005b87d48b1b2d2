using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>
/// Numbers in lines, separated by commas. The first line may name the columns. Blank lines and lines that begin
/// with # are passed over.
/// </summary>
internal sealed class CsvReader : ISampleReader
{
    private const int LongestLine = 1 << 20;
    private readonly string _name;
    private readonly LineReader _lines;
    private readonly int[] _columns;
    private string? _waiting;

    /// <exception cref="DataError">There is no line, or no such column.</exception>
    public CsvReader(string name, Stream stream, IReadOnlyList<string> columns)
    {
        _name = name;
        _lines = new LineReader(new StreamReader(stream), LongestLine);
        string first = NextLine() ?? throw new DataError(name, "is empty");
        string[] fields = Split(first);
        bool isHeader = !fields.All(field => IsNumber(field) || field.Length == 0);
        _columns = columns.Count == 0
            ? [.. Enumerable.Range(0, fields.Length)]
            : [.. columns.Select(column => IndexOf(column, isHeader ? fields : [], fields.Length))];
        if (columns.Count == 0 && isHeader && fields.Length > 1)
            _columns = [.. _columns.Where(i => !IsTimestampName(fields[i]))];
        _waiting = isHeader ? null : first;
    }

    /// <inheritdoc/>
    public int Channels => _columns.Length;

    /// <inheritdoc/>
    public double? RateHertz => null;

    /// <inheritdoc/>
    public bool TryRead(Span<float> values)
    {
        string? line = _waiting ?? NextLine();
        _waiting = null;
        if (line is null)
            return false;
        string[] fields = Split(line);
        for (int c = 0; c < _columns.Length; c++)
        {
            if (_columns[c] >= fields.Length)
                throw Problem(_columns[c], $"is missing; the line has {fields.Length} columns");
            string field = fields[_columns[c]];
            bool isNumber = float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out values[c]);
            if (!isNumber || !float.IsFinite(values[c]))
                throw Problem(_columns[c], field.Length == 0 ? "is empty; a number is needed" : $"'{Cut(field)}' is no finite number");
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private string? NextLine()
    {
        while (true)
        {
            if (!_lines.TryRead(out string? line))
            {
                throw new DataError(string.Create(CultureInfo.InvariantCulture, $"{_name}:{_lines.Number}"),
                    $"a line of more than {LongestLine} characters");
            }

            if (line is null || (line.Length != 0 && line[0] != '#'))
                return line;
        }
    }

    private DataError Problem(int column, string problem) => new(
        string.Create(CultureInfo.InvariantCulture, $"{_name}:{_lines.Number}: column {column}"), problem);

    private int IndexOf(string column, string[] names, int count)
    {
        int index = Array.FindIndex(names, name => string.Equals(name, column, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
            return index;
        bool isNumber = int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out index);
        if (isNumber && index < count)
            return index;
        throw new DataError(_name, names.Length == 0
            ? $"has no column '{column}'; its columns are 0..{count - 1}, without names"
            : $"has no column '{column}'; it has {string.Join(", ", names.Take(20))}");
    }

    // Quotes around a field are taken off; numbers need none inside.
    private static string[] Split(string line)
    {
        string[] fields = line.Split(',');
        for (int i = 0; i < fields.Length; i++)
            fields[i] = fields[i].Trim().Trim('"').Trim();
        return fields;
    }

    private static bool IsNumber(string field) =>
        float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static bool IsTimestampName(string name) =>
        name.ToLowerInvariant() is "timestamp" or "time" or "date" or "datetime" or "ts";

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
