using EdgeConv.Devices;
using EdgeConv.Devices.Interop;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Day;

/// <summary>What the house stands on: a camera that sends frames, and a thermometer below /sys.</summary>
internal sealed class Machine : IDisposable
{
    public const string CameraName = "Fake Webcam", CameraLink = "usb-Fake_Webcam-video-index0", FirstNode = "video0";
    public const string SensorName = "sht4x";
    private static readonly TimeSpan s_frameInterval = TimeSpan.FromSeconds(2);
    private readonly TempFolder _folder = new();
    private readonly FakeCameras _cameras;
    private readonly FakeCamera _camera;
    private readonly SimulatedTime _time;
    private readonly AttributeReader _reader = new();
    private string _node = FirstNode;
    private int _chip;
    private long _frameDueAt;

    public Machine(FakeCameras cameras, FakeCamera camera, SimulatedTime time)
    {
        _cameras = cameras;
        _camera = camera;
        _time = time;
        camera.Pass = left => CaptureThread.Sleep(left, time);
        Sensors = new SysRoot(_folder.Root, _reader);
        PutSensor();
    }

    /// <summary>Where the sensor is.</summary>
    public SysRoot Sensors { get; }

    /// <summary>Whether the camera sends no frames.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Frames to come that are damaged.</summary>
    public int Damaged { get; set; }

    /// <summary>Frames to come that are cut short.</summary>
    public int Short { get; set; }

    /// <summary>What reading the sensor ends in, an errno; 0 for its value.</summary>
    public int SensorErrno
    {
        get => _reader.Errno;
        set => _reader.Errno = value;
    }

    /// <summary>Sends a frame where one is due.</summary>
    public void Step()
    {
        _camera.Nanoseconds = _time.GetTimestamp() * TimeSpan.NanosecondsPerTick;
        if (_time.GetTimestamp() < _frameDueAt)
            return;
        _frameDueAt = _time.GetTimestamp() + s_frameInterval.Ticks;
        if (_camera.IsPlugged && !IsSilent)
            SendFrame();
    }

    public void SendFrame()
    {
        bool isDamaged = Damaged > 0, isShort = Short > 0;
        (Damaged, Short) = (Math.Max(0, Damaged - 1), Math.Max(0, Short - 1));
        _camera.Send(
            (byte)(_time.Elapsed.TotalMinutes % 256),
            flags: VideoConstants.MonotonicClock | (isDamaged ? VideoConstants.DamagedFrame : 0), used: isShort ? 1000 : null);
    }

    public void Unplug() => _cameras.Unplug(_node, CameraLink);

    public void Plug(int number)
    {
        _node = $"video{number}";
        _cameras.Plug(_node, CameraName, CameraLink, _camera);
    }

    /// <summary>Takes the sensor away.</summary>
    public void TakeSensor() => Directory.Delete(_folder.PathOf($"sys/class/hwmon/hwmon{_chip}"), recursive: true);

    /// <summary>Puts it there under the next number.</summary>
    public void PutSensor()
    {
        _chip++;
        _folder.Write($"sys/class/hwmon/hwmon{_chip}/name", SensorName + "\n");
        _folder.Write($"sys/class/hwmon/hwmon{_chip}/temp1_input", "21500\n");
    }

    public void Dispose() => _folder.Dispose();

    private sealed class AttributeReader : IFileReader
    {
        private readonly FileReader _reader = new();

        public int Errno { get; set; }

        public int Read(ReadOnlySpan<byte> path, Span<byte> into) =>
            Errno != 0 && path[..^1].EndsWith("temp1_input"u8) ? -Errno : _reader.Read(path, into);
    }
}
