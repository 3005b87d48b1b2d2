using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Devices.Interop;
using EdgeConv.Devices.Sensors.Iio.Interop;

namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>
/// Sets a device's buffer up, or takes it as somebody else has set it up: under the hardened unit /sys cannot
/// be written.
/// </summary>
internal sealed class BufferSetup(SysRoot root, KernelDevice device, SensorOptions options, IFileWriter writer)
{
    private const int LeastLength = 128;
    private const int MostLength = 65536;
    private const double KeptSeconds = 2;
    private readonly string _place = options.Device;
    private readonly BufferFolder _buffer = BufferFolder.Of(root, device.Folder) ?? throw new DeviceError(
        options.Device, "has no buffer; without 'buffer: true' its channels are read one by one");

    /// <summary>Whether this program has switched it on, and so is to switch it off.</summary>
    public bool IsOurs { get; private set; }

    /// <summary>Makes it run, and tells what its scans hold.</summary>
    /// <exception cref="DeviceError">It cannot; says what to write, by whom.</exception>
    public IReadOnlyList<ScanElement> Start(IReadOnlyList<ScanElement> wanted)
    {
        if (!_buffer.IsEnabled)
            SwitchOn(wanted);
        IReadOnlyList<ScanElement> enabled = _buffer.Enabled(_place);
        foreach (ScanElement element in wanted)
        {
            if (!enabled.Contains(element))
                throw new DeviceError(_place, $"its buffer is on without '{element.Name}'; "
                    + $"switch it off (0 into {_buffer.Path}/enable), or leave the channel out");
        }

        return enabled;
    }

    /// <summary>The channels that are wanted: those named, or all that a scan can hold but the time.</summary>
    /// <exception cref="DeviceError">One of them is not there.</exception>
    public IReadOnlyList<ScanElement> Wanted()
    {
        ScanElement[] all =
            [.. _buffer.Elements.Where(element => element.Name != ScanElement.Timestamp).OrderBy(one => one.Index)];
        if (options.Channels.Count == 0)
            return all.Length != 0 ? all : throw new DeviceError(_place, "has no channel in its buffer");
        return [.. options.Channels.Select(channel =>
            Array.Find(all, element => element.Name == channel.Name) ?? throw _buffer.WhyNot(_place, channel.Name))];
    }

    /// <summary>Time from one scan to the next, by what is configured or else set; zero where not known.</summary>
    public TimeSpan Interval()
    {
        double? hertz = options.RateHertz > 0 ? options.RateHertz : RateFile()?.Real();
        return hertz is > 0 ? TimeSpan.FromSeconds(1 / hertz.Value) : TimeSpan.Zero;
    }

    /// <summary>Which of the kernel's clocks scans are stamped by.</summary>
    public int Clock() => KernelClock.NumberOf(root.Text(device.Folder, "current_timestamp_clock"));

    /// <summary>Switches it off again.</summary>
    public void Stop()
    {
        if (IsOurs)
            _ = writer.Write(_buffer.Control("enable").Path, "0");
        IsOurs = false;
    }

    private void SwitchOn(IReadOnlyList<ScanElement> wanted)
    {
        foreach (ScanElement element in _buffer.Elements)
        {
            bool isOn = _buffer.Switch(element).Number() == 1;
            bool isWanted = element.Name == ScanElement.Timestamp || wanted.Contains(element);
            if (isOn != isWanted)
                Write(_buffer.Switch(element), isWanted ? "1" : "0", wanted);
        }

        SetTrigger(wanted);
        SetRate(wanted);
        // A device that keeps another clock is understood all the same.
        _ = writer.Write(root.File(device.Folder, "current_timestamp_clock").Path, KernelClock.Monotonic);
        Write(_buffer.Control("length"), Length().ToString(CultureInfo.InvariantCulture), wanted);
        int problem = writer.Write(_buffer.Control("enable").Path, "1");
        if (problem != 0)
            throw Refused(problem, wanted);
        IsOurs = true;
    }

    private void SetTrigger(IReadOnlyList<ScanElement> wanted)
    {
        SysFile current = root.File(device.Folder, "trigger/current_trigger");
        if (options.Trigger.Length == 0 || current.Text() == options.Trigger)
            return;
        string[] triggers = [.. Triggers().Select(trigger => root.Text(trigger, "name")).OfType<string>()];
        if (!triggers.Contains(options.Trigger))
            throw new DeviceError(_place, $"there is no trigger '{options.Trigger}', but "
                + $"{Listed(triggers)}; sudo mkdir /sys/kernel/config/iio/triggers/hrtimer/{options.Trigger} makes it");
        Write(current, options.Trigger, wanted);
    }

    private void SetRate(IReadOnlyList<ScanElement> wanted)
    {
        if (options.RateHertz <= 0 || RateFile() is not { } file || file.Real() == options.RateHertz)
            return;
        string rate = options.RateHertz.ToString(CultureInfo.InvariantCulture);
        int problem = writer.Write(file.Path, rate);
        if (problem == SensorTrouble.Invalid)
            throw new DeviceError(_place, $"cannot do 'rate_hz: {rate}'"
                + (root.Text(device.Folder, "sampling_frequency_available") is { } rates ? $"; it can {rates}" : ""));
        if (problem != 0)
            throw Unset(problem, wanted);
    }

    // A timer's rate is its trigger's, any other the device's.
    private SysFile? RateFile()
    {
        string? current = root.Text(device.Folder, "trigger/current_trigger");
        string? trigger = Triggers().FirstOrDefault(folder => root.Text(folder, "name") == current);
        SysFile? timer = trigger is null ? null : root.File(trigger, "sampling_frequency");
        if (timer is { Exists: true })
            return timer;
        string[] files = [.. _buffer.Elements
            .Select(element => $"in_{element.Name.Split('_')[0]}_sampling_frequency")
            .Prepend("sampling_frequency")];
        return files.Select(file => root.File(device.Folder, file)).FirstOrDefault(file => file.Exists);
    }

    private IEnumerable<string> Triggers() => root.Folders(KernelClass.Iio.Folder)
        .Where(folder => Path.GetFileName(folder).StartsWith("trigger", StringComparison.Ordinal));

    private int Length()
    {
        TimeSpan interval = Interval();
        return interval == TimeSpan.Zero
            ? LeastLength
            : (int)Math.Clamp(KeptSeconds / interval.TotalSeconds, LeastLength, MostLength);
    }

    private void Write(SysFile file, string text, IReadOnlyList<ScanElement> wanted)
    {
        int problem = writer.Write(file.Path, text);
        if (problem != 0)
            throw SensorTrouble.IsUnwritable(problem)
                ? Unset(problem, wanted)
                : new DeviceError(_place, $"{Path.GetFileName(file.Path)} refuses '{text}': {SensorTrouble.Name(problem)}");
    }

    private DeviceError Refused(int problem, IReadOnlyList<ScanElement> wanted) => problem switch
    {
        SensorTrouble.Invalid when options.Trigger.Length == 0 => new DeviceError(_place,
            "its buffer cannot be switched on (EINVAL): it needs a 'trigger' "
            + $"({Listed([.. Triggers().Select(trigger => root.Text(trigger, "name")).OfType<string>()])}), "
            + "or cannot give these channels together"),
        _ when SensorTrouble.IsUnwritable(problem) => Unset(problem, wanted),
        _ => new DeviceError(_place, $"its buffer cannot be switched on: {SensorTrouble.Name(problem)}"),
    };

    private DeviceError Unset(int problem, IReadOnlyList<ScanElement> wanted) => new(_place,
        $"its buffer is off, and {SensorTrouble.Name(problem)}; let a unit that runs before write 1 into "
        + string.Join(", ", wanted.Select(element => $"in_{element.Name}_en"))
        + $" and in_timestamp_en, then into enable, all below {_buffer.Path}");

    private static string Listed(string[] triggers) =>
        triggers.Length == 0 ? "none" : string.Join(", ", triggers);
}
