using EdgeConv.Core;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>
/// A camera through V4L2. The newest frame wins. A camera that is unplugged is used again when it returns.
/// </summary>
internal sealed class CameraSource : ISource
{
    private const int WaitMilliseconds = 100;
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(5);

    // While nobody looked, because the program was stopped, a camera was not silent.
    private static readonly TimeSpan s_unseen = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(0.5);
    private readonly SourceOptions _options;
    private readonly SampleWish _model;
    private readonly SysRoot _root;
    private readonly TimeProvider _time;
    private readonly CameraFinder _finder;
    private readonly CaptureThread<Sample?> _thread;
    private readonly FrameClock _clock;
    private readonly Thinning _thinning;
    private readonly FrameMaker _maker;
    private readonly string _place;
    private CameraStream? _stream;
    private FrameShape? _shape;
    private string? _toldMissing;
    private IReadOnlyList<VideoDevice>? _toldAmong;
    private bool _wasUnplugged;

    public CameraSource(SourceOptions options, SampleWish model, TimeProvider time)
        : this(options, model, time, SysRoot.Default, new VideoOpener())
    {
    }

    /// <summary>A camera of what <paramref name="root"/> and <paramref name="opener"/> say is there.</summary>
    internal CameraSource(
        SourceOptions options, SampleWish model, TimeProvider time, SysRoot root, IVideoOpener opener)
    {
        _options = options;
        _model = model;
        _time = time;
        _root = root;
        _finder = new CameraFinder(root, opener);
        _place = options.Camera.Device.Length == 0 ? "camera" : options.Camera.Device;
        _thread = new CaptureThread<Sample?>("camera", () => Read());
        _clock = new FrameClock(time);
        _maker = new FrameMaker(_place, model);
        _thinning = new Thinning(options.RateHertz, time);
        Name = $"camera:{options.Camera.Device}".TrimEnd(':');
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <summary>Frames that were not given: the driver had no room, or a newer one was there.</summary>
    internal long Missed => _clock.Missed;

    /// <inheritdoc/>
    public ValueTask<Sample?> ReadAsync(CancellationToken cancellation) => _thread.RunAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _thread.DisposeAsync().ConfigureAwait(false);
        Close();
        _maker.Dispose();
    }

    private Frame Read()
    {
        try
        {
            _stream ??= Open();
            return Next(_stream, _shape!);
        }
        catch (DeviceError)
        {
            Close();
            throw;
        }
    }

    private Frame Next(CameraStream stream, FrameShape shape)
    {
        long waitsSince = _time.GetTimestamp(), lookedAt = waitsSince;
        while (true)
        {
            _thread.ThrowIfCancelled();
            MappedBuffer? buffer = stream.Take(out V4l2Buffer frame, out int problem);
            if (problem != 0)
                throw Lost(problem);
            if (buffer is null)
            {
                problem = stream.Wait(WaitMilliseconds);
                if (problem != 0)
                    throw Lost(problem);
                if (_time.GetElapsedTime(lookedAt) > s_unseen)
                    waitsSince = _time.GetTimestamp();
                lookedAt = _time.GetTimestamp();
                if (_time.GetElapsedTime(waitsSince) >= s_silence)
                    throw Silent();
                continue;
            }

            FrameMoment moment = _clock.Of(frame, stream.Nanoseconds);
            if (_thinning.IsDue(moment.CapturedAt))
                return _maker.Make(stream, shape, new Capture(buffer, frame, moment));
            stream.Return(buffer);
            waitsSince = _time.GetTimestamp();
        }
    }

    private CameraStream Open()
    {
        OpenCamera camera = Find();
        CameraSetup setup = new(_place, camera.Node, _options.Camera);
        CameraStream? stream = null;
        int problem;
        try
        {
            problem = setup.Apply(Wish(), out _shape);
            if (problem == 0)
                stream = CameraStream.Start(camera.Node, out problem);
        }
        catch (DeviceError)
        {
            camera.Node.Dispose();
            throw;
        }

        if (stream is null)
        {
            camera.Node.Dispose();
            throw Refused(camera.Path, $"take {setup.Mode}", problem);
        }

        _clock.Restart();
        return stream;
    }

    // It is told once what is missing; then it is waited for.
    private OpenCamera Find()
    {
        while (true)
        {
            if (_finder.Open(_options.Camera.Device) is { } camera)
            {
                (_toldMissing, _toldAmong, _wasUnplugged) = (null, null, false);
                return camera;
            }

            if (!_wasUnplugged)
                TellMissing();
            _thread.Sleep(s_lookInterval, _time);
            _thread.ThrowIfCancelled();
        }
    }

    // The others are opened to say which are there: not before that may have changed.
    private void TellMissing()
    {
        IReadOnlyList<VideoDevice> there = _finder.Devices();
        if (_toldAmong is not null && there.SequenceEqual(_toldAmong))
            return;
        _toldAmong = there;
        DeviceError missing = _finder.Missing(_options.Camera.Device);
        if (_toldMissing == missing.Message)
            return;
        _toldMissing = missing.Message;
        throw missing;
    }

    private CameraWish Wish() => new(
        _model, _options.Camera.Format, _options.Width, _options.Height, _options.RateHertz,
        MjpegDecoder.IsAvailable);

    private DeviceError Silent() =>
        new(_place, $"gives no frame for {s_silence.TotalSeconds} s; streaming is begun anew");

    private DeviceError Lost(int problem)
    {
        _wasUnplugged = CameraTrouble.IsGone(problem);
        return CameraTrouble.Of(_place, "read frames", problem, null);
    }

    private DeviceError Refused(string path, string attempt, int problem) => CameraTrouble.Of(
        _place, attempt, problem, problem == CameraTrouble.Busy ? NodeUsers.Of(_root, path) : null);

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
