using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>
/// The attributes of a device's first buffer: since kernel 5.11 in <c>buffer0</c>, before that, and still, in
/// <c>scan_elements</c> and <c>buffer</c>.
/// </summary>
internal sealed class BufferFolder
{
    private readonly SysRoot _root;
    private readonly string _scan;
    private readonly string _control;

    private BufferFolder(SysRoot root, string scan, string control)
    {
        _root = root;
        _scan = scan;
        _control = control;
        Elements = [.. root.Files(scan, "in_", "_index").Select(ElementOf).OfType<ScanElement>()];
    }

    /// <summary>The channels that a scan may hold; those whose type is not understood are left out.</summary>
    public IReadOnlyList<ScanElement> Elements { get; }

    /// <summary>Whether it is being filled.</summary>
    public bool IsEnabled => Control("enable").Number() == 1;

    /// <summary>A device's first buffer; null when it has none.</summary>
    public static BufferFolder? Of(SysRoot root, string device)
    {
        string first = System.IO.Path.Combine(device, "buffer0");
        if (Directory.Exists(root.Folder(first)))
            return new BufferFolder(root, first, first);
        string scan = System.IO.Path.Combine(device, "scan_elements");
        return Directory.Exists(root.Folder(scan))
            ? new BufferFolder(root, scan, System.IO.Path.Combine(device, "buffer"))
            : null;
    }

    /// <summary>Where its attributes are, for messages.</summary>
    public string Path => _root.NameOf(_control);

    /// <summary>The channels that are enabled now.</summary>
    /// <exception cref="DeviceError">One of them is not understood, so that no scan can be.</exception>
    public IReadOnlyList<ScanElement> Enabled(string place) => [.. _root.Files(_scan, "in_", "_en")
        .Where(attribute => _root.Number(_scan, attribute + "_en") == 1)
        .Select(attribute => attribute["in_".Length..])
        .Select(name => Elements.FirstOrDefault(element => element.Name == name) ?? throw WhyNot(place, name))];

    /// <summary>The switch that puts a channel into the scan.</summary>
    public SysFile Switch(ScanElement element) => _root.File(_scan, $"in_{element.Name}_en");

    /// <summary>An attribute of the whole buffer: <c>enable</c>, <c>length</c>, <c>watermark</c>.</summary>
    public SysFile Control(string attribute) => _root.File(_control, attribute);

    /// <summary>Why a channel that is wanted cannot be in a scan.</summary>
    public DeviceError WhyNot(string place, string channel)
    {
        SysFile type = _root.File(_scan, $"in_{channel}_type");
        return type.Text() is { } text
            ? new DeviceError(place, $"in_{channel}_type tells \"{text}\"; "
                + "[be|le]:[s|u|f]bits/storagebits[Xrepeat][>>shift] would be right")
            : new DeviceError(place, $"has no channel '{channel}' in its buffer; it has "
                + string.Join(", ", Elements.Select(element => element.Name)));
    }

    private ScanElement? ElementOf(string attribute)
    {
        long? index = _root.Number(_scan, attribute + "_index");
        return ScanType.TryParse(_root.Text(_scan, attribute + "_type"), out ScanType type) && index is >= 0 and < 4096
            ? new ScanElement(attribute["in_".Length..], (int)index.Value, type)
            : null;
    }
}
