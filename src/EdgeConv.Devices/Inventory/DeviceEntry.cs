namespace EdgeConv.Devices.Inventory;

/// <summary>One thing of a machine that measures, sees or connects.</summary>
/// <param name="Kind">What it is, in one word: zone, rail, camera.</param>
/// <param name="Name">What it is called; unlike its number the same after each boot.</param>
/// <param name="Path">Where it is at this moment, on the board itself.</param>
public sealed record DeviceEntry(string Kind, string Name, string Path)
{
    /// <summary>What it measures now, in <see cref="Unit"/>; null for nothing, or when it is silent.</summary>
    public double? Value { get; init; }

    /// <summary>Unit of the value: °C, V, A, W, J, Hz, MHz, RPM, %, kPa and so on.</summary>
    public string? Unit { get; init; }

    /// <summary>What else it tells: trip points, governor, driver.</summary>
    public string? Detail { get; init; }

    /// <summary>What is wrong with it and what would help; null when nothing is.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether a permission is missing.</summary>
    public bool IsDenied { get; init; }

    /// <summary>This, when an attribute that it needs tells no value that can be.</summary>
    internal DeviceEntry Without(SysFile file) =>
        this with { Problem = Problems.OfReading(file), IsDenied = file.IsDenied };

    /// <summary>This, used through a node below /dev that <paramref name="group"/> may open.</summary>
    internal DeviceEntry Through(SysFile node, string group, string? module = null) =>
        this with { Problem = Problems.OfNode(node, group, module), IsDenied = node.IsClosed };
}
