namespace EdgeConv.Devices.Board;

/// <summary>
/// The board's input power, from the rails of a Jetson or a monitor on the supply of another board.
/// </summary>
internal sealed class RailMeter(SysRoot root)
{
    // What feeds everything, by board: one rail, or on AGX Orin three that together are the input.
    private static readonly string[][] InputLabels =
        [["VDD_IN"], ["POM_5V_IN"], ["VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0"]];

    private readonly FolderWatch _hwmon = root.Watch("sys/class/hwmon");
    private Rail[][] _candidates = [];
    private Rail[]? _chosen;

    /// <summary>Power in W; null when no input is measured.</summary>
    public double? Watts()
    {
        if (_hwmon.HasChanged())
        {
            _candidates = [.. Candidates(Rail.Find(root))];
            _chosen = null;
        }

        if (_chosen is not null)
            return Sum(_chosen);
        foreach (Rail[] rails in _candidates)
        {
            if (Sum(rails) is not { } watts)
                continue;
            // Other rails carry another power, and so do not stand in when these are silent for once.
            _chosen = rails;
            return watts;
        }

        return null;
    }

    /// <summary>
    /// Rails that together may be the input, the likeliest first: those with the labels of an input, then each
    /// single monitor. An INA3221 without labels does not tell what its rails feed.
    /// </summary>
    public static IEnumerable<Rail[]> Candidates(List<Rail> rails) => InputLabels
        .Select(labels => (labels.Length, Rails: rails.FindAll(rail => labels.Contains(rail.Label))))
        .Where(found => found.Rails.Count == found.Length)
        .Select(found => found.Rails.ToArray())
        .Concat(rails.Where(rail => rail.Channel == 0).Select(rail => (Rail[])[rail]));

    // One silent rail makes the sum unknown, not smaller.
    private static double? Sum(Rail[] rails)
    {
        double? sum = 0;
        foreach (Rail rail in rails)
            sum += rail.Watts();
        return sum;
    }
}
