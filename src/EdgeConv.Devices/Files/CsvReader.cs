using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>
/// Numbers in lines, separated by commas. The first line may name the columns. Blank lines and lines that
/// begin with # are passed over.
/// </summary>
internal sealed class CsvReader : ISampleReader
{
    private const int LongestLine = 1 << 20;
    private const int BufferBytes = 1 << 16;
    private const int MostNamesInMessage = 20;
    private static readonly string[] TimestampNames = ["timestamp", "time", "date", "datetime", "ts"];
    private readonly string _name;
    private readonly LineReader _lines;
    private readonly int[] _columns;
    private string? _waiting;

    /// <param name="name">Name for messages.</param>
    /// <param name="stream">The text; UTF-8 unless it begins with another byte order mark.</param>
    /// <param name="columns">
    /// Columns to use, by name or number from 0; empty means all but timestamps and columns without a name.
    /// </param>
    /// <exception cref="DataError">There is no line, or no such column.</exception>
    public CsvReader(string name, Stream stream, IReadOnlyList<string> columns)
    {
        _name = name;
        _lines = new LineReader(new StreamReader(stream, bufferSize: BufferBytes), LongestLine);
        string first = NextLine() ?? throw new DataError(name, "is empty");
        string[] fields = CsvFields.Split(first);
        bool isHeader = CsvFields.AreNames(fields);
        _columns = columns.Count != 0
            ? [.. columns.Select(column => IndexOf(column, isHeader ? fields : [], fields.Length))]
            : [.. Enumerable.Range(0, fields.Length)
                .Where(i => isHeader ? IsValueName(fields[i]) : !IsDate(fields[i]))];
        if (_columns.Length == 0)
            throw new DataError(name, "has no column of numbers, or no name over it");
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
        string[] fields = CsvFields.Split(line);
        for (int c = 0; c < _columns.Length; c++)
            values[c] = NumberIn(fields, _columns[c]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private float NumberIn(string[] fields, int column)
    {
        if (column >= fields.Length)
            throw Problem(column, $"is missing; the line has {fields.Length} columns");
        string field = fields[column];
        if (field.Length == 0)
            throw Problem(column, "is empty; a number is needed");
        return CsvFields.TryParse(field, out float value) && float.IsFinite(value)
            ? value
            : throw Problem(column, $"'{CsvFields.Cut(field)}' is no finite number");
    }

    private string? NextLine()
    {
        while (true)
        {
            if (!_lines.TryRead(out string? line))
                throw new DataError(Place, $"a line of more than {LongestLine} characters");
            if (line is null)
                return null;
            ReadOnlySpan<char> text = line.AsSpan().Trim();
            if (text.Length != 0 && text[0] != '#')
                return line;
        }
    }

    private string Place => string.Create(CultureInfo.InvariantCulture, $"{_name}:{_lines.Number}");

    private DataError Problem(int column, string problem) => new($"{Place}: column {column}", problem);

    private int IndexOf(string column, string[] names, int count)
    {
        int index = Array.FindIndex(names, name =>
            string.Equals(name, column, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
            return index;
        bool isNumber = int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out index);
        if (isNumber && index < count)
            return index;
        string present = string.Join(", ", names.Take(MostNamesInMessage).Select(CsvFields.Cut));
        throw new DataError(_name, names.Length == 0
            ? $"has no column '{column}'; its columns are 0..{count - 1}, without names"
            : $"has no column '{column}'; it has {present}");
    }

    // The index column of some programs has no name, nor has what follows a comma at the end of the line.
    private static bool IsValueName(string name) =>
        name.Length != 0 && !TimestampNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool IsDate(string field) => field.Length != 0 && !CsvFields.TryParse(field, out _);
}
