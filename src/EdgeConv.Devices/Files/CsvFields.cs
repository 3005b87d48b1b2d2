using System.Globalization;
using System.Text;

namespace EdgeConv.Devices.Files;

/// <summary>
/// The fields of one line: separated by commas, perhaps in double quotes, "" within quotes for one.
/// </summary>
internal static class CsvFields
{
    /// <summary>Cuts a line into its fields, without quotes and surrounding space.</summary>
    public static string[] Split(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
            return line.Split(',', StringSplitOptions.TrimEntries);
        List<string> fields = [];
        StringBuilder field = new();
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == ',' && !isQuoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else if (line[i] != '"')
            {
                field.Append(line[i]);
            }
            else if (isQuoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append(line[++i]);
            }
            else
            {
                isQuoted = !isQuoted;
            }
        }

        fields.Add(field.ToString().Trim());
        return [.. fields];
    }

    /// <summary>
    /// Whether a first line names the columns: it holds a word, which neither a number nor a date is.
    /// </summary>
    public static bool AreNames(string[] fields) =>
        fields.Any(field => field.Length != 0 && !char.IsAsciiDigit(field[0]) && !TryParse(field, out _));

    /// <summary>A number with a decimal point, in any notation; may be infinite or not a number.</summary>
    public static bool TryParse(string field, out float value) =>
        float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>A field short enough for a message.</summary>
    public static string Cut(string field) => field.Length <= 40 ? field : field[..40] + "…";
}
