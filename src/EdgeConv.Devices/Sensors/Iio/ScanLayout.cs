namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>A channel in a scan.</summary>
/// <param name="Name">Its name without <c>in_</c>: <c>accel_x</c>, <c>timestamp</c>.</param>
/// <param name="Index">Its place in the order of the scan.</param>
/// <param name="Type">How it is stored.</param>
internal sealed record ScanElement(string Name, int Index, ScanType Type)
{
    /// <summary>What the channel that holds the time is called.</summary>
    public const string Timestamp = "timestamp";
}

/// <summary>
/// Where the channels of one scan lie: in the order of their indices, each aligned to its own size, the time
/// last, and all of it a multiple of the largest.
/// <code>
/// le:s16/16  le:s16/16  le:s32/32      le:s64/64 (time)
/// |x x|y y|  |z z z z|  |t t t t t t t t|
/// 0   2      4          8                16
/// </code>
/// </summary>
internal sealed class ScanLayout
{
    private readonly Dictionary<string, (int Offset, ScanType Type)> _places = [];

    /// <param name="elements">The channels that are enabled.</param>
    public ScanLayout(IEnumerable<ScanElement> elements)
    {
        int end = 0;
        int largest = 1;
        foreach (ScanElement element in elements
            .OrderBy(element => element.Name == ScanElement.Timestamp)
            .ThenBy(element => element.Index))
        {
            int size = element.Type.Bytes;
            int offset = Align(end, size);
            _places.Add(element.Name, (offset, element.Type));
            end = offset + size;
            largest = Math.Max(largest, size);
        }

        Bytes = Align(end, largest);
    }

    /// <summary>Bytes of one scan.</summary>
    public int Bytes { get; }

    /// <summary>Where a channel lies; null when it is not enabled.</summary>
    public (int Offset, ScanType Type)? PlaceOf(string name) =>
        _places.TryGetValue(name, out (int, ScanType) place) ? place : null;

    private static int Align(int offset, int size) => (offset + size - 1) / size * size;
}
