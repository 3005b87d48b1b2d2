using EdgeConv.Pipeline.Pictures;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads a pipeline's <c>snapshot</c> section.</summary>
internal static class SnapshotReader
{
    private static readonly NumberRange Seconds = new(0, 86_400, "a number of seconds");

    private static readonly Dictionary<string, SnapshotSubject> Subjects = new()
    {
        ["all"] = SnapshotSubject.All,
        ["found"] = SnapshotSubject.Found,
        ["odd"] = SnapshotSubject.Odd,
    };

    /// <summary>
    /// Reads <c>snapshot</c>; null without it: a picture leaves the device only where somebody has asked for it.
    /// </summary>
    public static SnapshotOptions? Read(ConfigSection? section)
    {
        if (section is null)
            return null;
        SnapshotOptions defaults = new();
        bool isEnabled = section.Flag("enabled", true);
        SnapshotOptions options = new()
        {
            Of = section.Choice("of", Subjects, defaults.Of),
            Interval = TimeSpan.FromSeconds(
                section.Number("interval_s", Seconds, defaults.Interval.TotalSeconds)!.Value),
            Expiry = TimeSpan.FromSeconds(
                section.Integer("expiry_s", 1, 31_536_000, (int)defaults.Expiry.TotalSeconds)!.Value),
        };
        section.RefuseUnknown();
        return isEnabled ? options : null;
    }
}
