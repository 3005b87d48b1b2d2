using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors;

/// <summary>A class of devices that the kernel drives and numbers anew at each boot.</summary>
/// <param name="Folder">Where they are: <c>sys/class/hwmon</c>.</param>
/// <param name="Prefix">What their folders' names begin with.</param>
/// <param name="Noun">What one is called in messages.</param>
internal sealed record KernelClass(string Folder, string Prefix, string Noun)
{
    /// <summary>Devices of industrial I/O.</summary>
    public static readonly KernelClass Iio = new("sys/bus/iio/devices", "iio:device", "IIO device");

    /// <summary>Chips of hardware monitoring.</summary>
    public static readonly KernelClass Hwmon = new("sys/class/hwmon", "hwmon", "hwmon chip");
}

/// <summary>A device of one of the kernel's classes, found by what it is called.</summary>
/// <param name="Folder">Where its attributes are now.</param>
/// <param name="Name">What its driver calls it.</param>
/// <param name="Label">What the board's maker calls it; null for nothing.</param>
/// <param name="Address">Where it is on its bus, <c>1-0076</c>; null where that is not known.</param>
internal sealed record KernelDevice(string Folder, string Name, string? Label, string? Address)
{
    /// <summary>For messages that say what there is.</summary>
    public string Description => (Label, Address) switch
    {
        (null, null) => Name,
        (null, _) => $"{Name} ({Address})",
        (_, null) => $"{Name} ({Label})",
        _ => $"{Name} ({Label}, {Address})",
    };

    /// <summary>All devices of a class, in the order of their numbers.</summary>
    public static IReadOnlyList<KernelDevice> All(SysRoot root, KernelClass kind) => [.. root.Folders(kind.Folder)
        .Where(folder => Path.GetFileName(folder).StartsWith(kind.Prefix, StringComparison.Ordinal))
        .Select(folder => new KernelDevice(
            folder,
            root.Text(folder, "name") ?? Path.GetFileName(folder),
            root.Text(folder, "label"),
            AddressOf(folder, kind)))];

    /// <summary>The one device that is called so.</summary>
    /// <exception cref="DeviceError">There is none, or there are several; names those that are there.</exception>
    public static KernelDevice Find(SysRoot root, KernelClass kind, string wanted)
    {
        IReadOnlyList<KernelDevice> all = All(root, kind);
        KernelDevice[] found = [.. all.Where(device => device.IsCalled(wanted))];
        if (found.Length == 1)
            return found[0];
        if (found.Length > 1)
            throw new DeviceError(wanted, $"{found.Length} {kind.Noun}s are called so: {Listed(found)}; "
                + "the address of one, in brackets, would be right");
        throw new DeviceError(wanted, all.Count == 0
            ? $"no such {kind.Noun} is there; there is none at all; used when it comes"
            : $"no such {kind.Noun} is there; there are {Listed(all)}; used when it comes");
    }

    /// <summary>Whether it is called so: by its label, its name or its address.</summary>
    public bool IsCalled(string wanted) => Name == wanted || Label == wanted || Address == wanted;

    private static string Listed(IEnumerable<KernelDevice> devices) =>
        string.Join(", ", devices.Select(device => device.Description).Order(StringComparer.Ordinal));

    // .../i2c-1/1-0076/iio:device0, or the link to the parent that a class device has; /sys/devices is no bus.
    private static string? AddressOf(string folder, KernelClass kind)
    {
        if (kind != KernelClass.Iio)
            return SysRoot.LinkTarget(folder, "device");
        try
        {
            string? target = new DirectoryInfo(folder).LinkTarget?.TrimEnd('/');
            string? parent = target is null ? null : Path.GetFileName(Path.GetDirectoryName(target));
            return parent == "devices" ? null : parent;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Notices when a folder may have become another device's.</summary>
internal sealed class KernelDeviceWatch
{
    private readonly SysRoot _root;
    private readonly KernelDevice _device;
    private readonly KernelClass _kind;
    private readonly FolderWatch _watch;
    private readonly string _wanted;
    private bool _isGone;

    /// <param name="root">Where it is.</param>
    /// <param name="kind">Its class.</param>
    /// <param name="device">It.</param>
    /// <param name="wanted">What it was found by.</param>
    public KernelDeviceWatch(SysRoot root, KernelClass kind, KernelDevice device, string wanted)
    {
        _root = root;
        _wanted = wanted;
        _kind = kind;
        _device = device;
        _watch = root.Watch(kind.Folder);
        _ = _watch.HasChanged();
    }

    /// <summary>Requires that the device is still where it was; allocates only when something has changed.</summary>
    /// <exception cref="DeviceError">
    /// It is not; in the words of <see cref="KernelDevice.Find"/> where it is nowhere, so that one loss has one name.
    /// </exception>
    public void Require()
    {
        if (_watch.HasChanged())
            _isGone = !KernelDevice.All(_root, _kind).Contains(_device);
        if (!_isGone)
            return;
        _ = KernelDevice.Find(_root, _kind, _wanted);
        throw new DeviceError(_device.Name, "was numbered anew; used again where it is now");
    }
}
