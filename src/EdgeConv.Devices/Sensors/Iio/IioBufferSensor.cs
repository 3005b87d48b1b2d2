using EdgeConv.Core;
using EdgeConv.Devices.Interop;
using EdgeConv.Devices.Sensors.Iio.Interop;

namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>
/// An industrial-I/O device read through its buffer: the kernel takes the readings and stamps them.
/// </summary>
internal sealed class IioBufferSensor : ISensor
{
    private const int ScansAtOnce = 64;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // A clock that differs by more is another one than the device says.
    private const long GreatestAge = 60 * NanosecondsPerSecond;
    private const long GreatestLead = NanosecondsPerSecond / 10;
    private readonly BufferSetup _setup;
    private readonly IScanNode _node;
    private readonly ScanColumn[] _columns;
    private readonly (int Offset, ScanType Type)? _stamp;
    private readonly IioTiming _timing;
    private readonly int _scanBytes;
    private readonly byte[] _scans;
    private int _begin;
    private int _end;
    private long _filledAt;
    private long _clockAtFill;
    private int _outOfTime;

    private IioBufferSensor(string name, BufferSetup setup, IScanNode node, ScanPlan plan, IioTiming timing)
    {
        Name = name;
        _setup = setup;
        _node = node;
        _columns = plan.Columns;
        _stamp = plan.Layout.PlaceOf(ScanElement.Timestamp);
        _scanBytes = plan.Layout.Bytes;
        _timing = timing;
        _scans = new byte[_scanBytes * ScansAtOnce];
        Channels = [.. plan.Columns.Select(column => column.Channel)];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; }

    /// <inheritdoc/>
    public TimeSpan? OwnInterval => _timing.Interval;

    /// <summary>Finds a device by its name and makes its buffer run.</summary>
    /// <exception cref="DeviceError">That cannot be; says what would help.</exception>
    public static IioBufferSensor Open(SysRoot root, SensorOptions options, IioParts parts)
    {
        KernelDevice device = KernelDevice.Find(root, KernelClass.Iio, options.Device);
        BufferSetup setup = new(root, device, options, parts.Writer);
        try
        {
            IReadOnlyList<ScanElement> wanted = setup.Wanted();
            ScanPlan plan = ScanPlan.Of(root, device, wanted, setup.Start(wanted));
            IioTiming timing = new(setup.Interval(), setup.Clock(), parts.Clock, parts.TicksPerSecond);
            string path = root.File("dev", Path.GetFileName(device.Folder)).Path;
            IScanNode? node = parts.Opener.Open(path, out int problem);
            return node is not null
                ? new IioBufferSensor(device.Name, setup, node, plan, timing)
                : throw Unopened(options.Device, root.NameOf(path), problem);
        }
        catch
        {
            setup.Stop();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool TryRead(Span<double> values, ref long capturedAt)
    {
        long now = capturedAt;
        while (true)
        {
            if (_end - _begin < _scanBytes && !Fill(now))
                return false;
            ReadOnlySpan<byte> scan = _scans.AsSpan(_begin, _scanBytes);
            _begin += _scanBytes;
            if (!TryDate(scan, out capturedAt))
                continue;
            for (int c = 0; c < _columns.Length; c++)
                values[c] = _columns[c].Read(scan);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _node.Dispose();
        _setup.Stop();
    }

    private bool Fill(long now)
    {
        int left = _end - _begin;
        _scans.AsSpan(_begin, left).CopyTo(_scans);
        (_begin, _end) = (0, left);
        int read = _node.Read(_scans.AsSpan(left));
        if (read is SensorTrouble.Again or 0)
            return false;
        if (read < 0)
            throw SensorTrouble.Of(Name, "its buffer", read);
        _end += read;
        _filledAt = now;
        _clockAtFill = _timing.Clock.Nanoseconds(_timing.ClockNumber);
        return _end >= _scanBytes;
    }

    // Without a timestamp the last scan is of now, the others before it at their interval.
    private bool TryDate(ReadOnlySpan<byte> scan, out long capturedAt)
    {
        if (_stamp is not { } place)
        {
            int behind = (_end - _begin) / _scanBytes;
            capturedAt = _filledAt - _timing.Ticks(behind * _timing.Interval.TotalSeconds);
            return true;
        }

        long age = _clockAtFill - place.Type.DecodeWhole(scan[place.Offset..]);
        capturedAt = _filledAt - _timing.Ticks(Math.Max(0, age) / (double)NanosecondsPerSecond);
        bool isPossible = age is >= -GreatestLead and <= GreatestAge;
        _outOfTime = isPossible ? 0 : _outOfTime + 1;
        if (_outOfTime > ScansAtOnce)
            throw new DeviceError(Name, "its timestamps are of another clock than current_timestamp_clock says; "
                + "monotonic would be right");
        return isPossible;
    }

    private static DeviceError Unopened(string place, string node, int problem) => new(place, problem switch
    {
        SensorTrouble.Denied or SensorTrouble.NotPermitted =>
            $"{node}: permission missing: group gpio; systemd/60-edgeconv.rules gives it",
        SensorTrouble.Busy => $"{node}: another program reads its buffer (EBUSY); end it",
        _ => $"{node} cannot be opened: {SensorTrouble.Name(problem)}",
    });
}

/// <summary>What the sensors of industrial I/O are made of, so that tests can stand in for it.</summary>
/// <param name="Opener">Opens nodes.</param>
/// <param name="Writer">Writes attributes.</param>
/// <param name="Clock">The kernel's clocks.</param>
/// <param name="TicksPerSecond">Of <see cref="TimeProvider.GetTimestamp"/>.</param>
internal sealed record IioParts(IScanOpener Opener, IFileWriter Writer, IKernelClock Clock, long TicksPerSecond)
{
    /// <summary>Those of this machine.</summary>
    public static IioParts Of(TimeProvider time) =>
        new(new ScanOpener(), new FileWriter(), new KernelClock(), time.TimestampFrequency);
}

/// <summary>When scans are taken, and by which clock.</summary>
/// <param name="Interval">From one to the next; zero where not known.</param>
/// <param name="ClockNumber">The kernel's clock that stamps them.</param>
/// <param name="Clock">Tells the time on it.</param>
/// <param name="TicksPerSecond">Of the clock that readings are counted by.</param>
internal sealed record IioTiming(TimeSpan Interval, int ClockNumber, IKernelClock Clock, long TicksPerSecond)
{
    /// <summary>A time in ticks.</summary>
    public long Ticks(double seconds) => (long)Math.Round(seconds * TicksPerSecond);
}
