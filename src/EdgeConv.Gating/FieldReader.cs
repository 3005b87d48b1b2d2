using System.Globalization;

namespace EdgeConv.Gating;

/// <summary>Reads the metadata of a fingerprint as numbers, refusing what is out of range.</summary>
internal sealed class FieldReader(SafeTensorsReader file)
{
    public SafeTensorsReader File => file;

    public int Integer(string name, int least, int most) =>
        int.TryParse(file.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        && value >= least && value <= most
            ? value
            : throw Refuse(name, $"an integer in {least}..{most}");

    public ulong Unsigned(string name) =>
        ulong.TryParse(file.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw Refuse(name, "an unsigned integer");

    public double Number(string name, double least, double most) =>
        double.TryParse(file.Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && value >= least && value <= most
            ? value
            : throw Refuse(name, $"a number in {least}..{most}");

    public bool Flag(string name) => file.Text(name) switch
    {
        "true" => true,
        "false" => false,
        _ => throw Refuse(name, "true or false"),
    };

    public DateTimeOffset Time(string name)
    {
        string text = file.Text(name);
        CultureInfo culture = CultureInfo.InvariantCulture;
        return DateTimeOffset.TryParseExact(text, "O", culture, DateTimeStyles.None, out DateTimeOffset time)
            ? time
            : throw Refuse(name, "a time in RFC 3339");
    }

    public static string TimeText(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    public Exception Refuse(string name, string expected) =>
        file.Error($"'{name}' is '{file.Text(name)}', {expected} expected");
}
