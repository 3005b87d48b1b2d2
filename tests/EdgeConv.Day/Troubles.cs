using EdgeConv.Daemon.Options;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Day;

/// <summary>
/// What goes wrong in a day, by a seed: each subject has its troubles one after another, and those of different subjects
/// overlap. A trouble is a sequence of pauses on the house's clock.
/// </summary>
internal sealed class Troubles(House house, Expectations expected, int seed)
{
    // A source is asked again after 30 s and a quarter at most; a window of the sensor takes 51 s to fill.
    private static readonly TimeSpan s_cameraBack = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan s_sensorBack = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan s_brokerBack = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(0.1);
    private readonly Machine _machine = house.Machine;
    private readonly FakeCamera _camera = house.Webcam;
    private int _troubled;
    private bool _isWholeHouse;

    /// <summary>Whether anything is wrong now.</summary>
    public bool IsCalm => _troubled == 0 && !_isWholeHouse;

    /// <summary>Set when no new trouble is to begin.</summary>
    public bool IsOver { get; set; }

    /// <summary>All subjects, each in its own time.</summary>
    public IReadOnlyList<IEnumerator<TimeSpan>> Subjects =>
    [
        OneByOne(new Random(seed), 20, CameraTrouble, () => Results(House.Camera, s_cameraBack)),
        OneByOne(new Random(seed + 1), 25, SensorTrouble, () => Results(House.Sensor, s_sensorBack)),
        OneByOne(new Random(seed + 2), 60, BrokerTrouble, Connected),
        WholeHouse(new Random(seed + 3)),
        Messages(),
    ];

    private delegate IEnumerable<TimeSpan> Trouble(Random random);

    private IEnumerator<TimeSpan> OneByOne(Random random, double meanMinutes, Trouble trouble, Func<IEnumerable<TimeSpan>> recovery)
    {
        while (true)
        {
            yield return Gap(random, meanMinutes);
            while (_isWholeHouse || IsOver)
                yield return s_tick;
            _troubled++;
            foreach (TimeSpan pause in trouble(random))
                yield return pause;
            foreach (TimeSpan pause in recovery())
                yield return pause;
            _troubled--;
        }
    }

    private IEnumerable<TimeSpan> CameraTrouble(Random random)
    {
        TimeSpan span = Span(random, 2, 900);
        int kind = random.Next(11);
        expected.Count($"camera {kind}");
        switch (kind)
        {
            case 0:
                return Answers(VideoRequest.Dequeue, -5, "cannot read frames: the camera does not answer (EIO)");
            case 1:
                return Silent(TimeSpan.FromSeconds(8) + span);
            case 2:
                _machine.Damaged = random.Next(1, 30);
                return Spoilt(() => _machine.Damaged, "a frame was damaged on its way from the camera");
            case 3:
                _machine.Short = random.Next(1, 30);
                return Spoilt(() => _machine.Short, "a frame has 1000 bytes; a whole one has");
            case 4:
                return Unplugged(random, span, "another program uses the camera", () => Fail(VideoRequest.StreamOn, -16, random));
            case 5:
                return Unplugged(random, span, "the driver refuses it (EINVAL)", () => Fail(VideoRequest.SetFormat, -22, random));
            case 6:
                return Unplugged(random, span, "its USB bus has no room left", () => Fail(VideoRequest.StreamOn, -28, random));
            case 7:
                return Unplugged(random, span, "set itself to H264", () => _camera.Adjust = To("H264"), () => _camera.Adjust = To(null));
            case 8:
                return Unplugged(random, span, "permission missing: group video", () => _camera.OpenProblem = -13, () => _camera.OpenProblem = 0);
            case 9:
                return Unplugged(random, span, null, () => _camera.Formats = Offers.Of(
                    _camera.Formats[0].Sizes[0].Width == 640 ? "yuyv 320x240@30" : "yuyv 640x480@30"));
            default:
                return Unplugged(random, span, null, () => { });
        }
    }

    private IEnumerable<TimeSpan> Answers(VideoRequest request, int problem, string name)
    {
        _camera.Fail(request, problem);
        expected.Add(House.Camera, name);
        yield return s_tick;
    }

    private IEnumerable<TimeSpan> Silent(TimeSpan span)
    {
        _machine.IsSilent = true;
        expected.Add(House.Camera, "gives no frame for 5 s; streaming is begun anew");
        yield return span;
        _machine.IsSilent = false;
    }

    private IEnumerable<TimeSpan> Spoilt(Func<int> left, string name)
    {
        expected.Add(House.Camera, name);
        while (left() > 0)
            yield return s_tick;
    }

    // It returns as another number, at first with a trouble of its own.
    private IEnumerable<TimeSpan> Unplugged(Random random, TimeSpan span, string? then, Action spoil, Action? mend = null)
    {
        _machine.Unplug();
        expected.Add(House.Camera, "is unplugged; used again when it returns");
        yield return span;
        spoil();
        _machine.Plug(random.Next(10));
        if (then is not null)
            expected.Add(House.Camera, then);
        if (mend is null)
            yield break;
        yield return TimeSpan.FromSeconds(2) + Span(random, 1, 600);
        mend();
    }

    private void Fail(VideoRequest request, int problem, Random random) => _camera.Fail(request, problem, random.Next(1, 5));

    private static Func<V4l2PixelFormat, V4l2PixelFormat> To(string? format) =>
        set => format is null ? set : set with { PixelFormat = FormatTable.CodeOf(format) };

    private IEnumerable<TimeSpan> SensorTrouble(Random random)
    {
        TimeSpan span = TimeSpan.FromSeconds(2) + Span(random, 1, 900);
        int kind = random.Next(5);
        expected.Count($"sensor {kind}");
        return kind switch
        {
            0 => Errno(5, TimeSpan.FromSeconds(0.2), null),
            1 => Errno(5, span, "the device does not answer (EIO)"),
            2 => Errno(61, span, "has no value; windows without it are dropped until it is back"),
            3 => Absent(span),
            _ => Renumbered(),
        };
    }

    private IEnumerable<TimeSpan> Errno(int errno, TimeSpan span, string? name)
    {
        _machine.SensorErrno = errno;
        if (name is not null)
            expected.Add(House.Sensor, name);
        yield return span;
        _machine.SensorErrno = 0;
    }

    private IEnumerable<TimeSpan> Absent(TimeSpan span)
    {
        _machine.TakeSensor();
        expected.Add(House.Sensor, "no such hwmon chip is there");
        yield return span;
        _machine.PutSensor();
    }

    private IEnumerable<TimeSpan> Renumbered()
    {
        _machine.TakeSensor();
        _machine.PutSensor();
        expected.Add(House.Sensor, "was numbered anew; used again where it is now");
        yield return s_tick;
    }

    private IEnumerable<TimeSpan> BrokerTrouble(Random random)
    {
        int kind = random.Next(5);
        expected.Count($"broker {kind}");
        return kind switch
        {
            0 => Away(Span(random, 1, 60)),
            1 => Away(Span(random, 60, 5400)),
            2 => Hanging(TimeSpan.FromSeconds(15) + Span(random, 1, 300)),
            3 => Hanging(TimeSpan.FromSeconds(5)),
            _ => Cut(),
        };
    }

    /// <summary>The broker is stopped for some time.</summary>
    public IEnumerable<TimeSpan> Away(TimeSpan span)
    {
        house.Observer.CatchUp();
        house.Wire.Shut();
        house.Broker.StopAsync().GetAwaiter().GetResult();
        expected.AddLoss();
        yield return span;
        house.Broker.StartAsync().GetAwaiter().GetResult();
        house.Wire.Reopen();
        house.Observer.Connect(house.Broker.Port);
    }

    private IEnumerable<TimeSpan> Hanging(TimeSpan span)
    {
        house.Wire.Hang();
        house.Hangs.Add((house.Time.Elapsed, house.Time.Elapsed + span));
        if (span > TimeSpan.FromSeconds(12))
            expected.AddLoss();
        yield return span;
        house.Wire.Release();
    }

    private IEnumerable<TimeSpan> Cut()
    {
        house.Wire.Cut();
        expected.AddLoss();
        yield return s_tick;
    }

    // A suspend, with either clock, and a reload meet a house in which nothing else is wrong.
    private IEnumerator<TimeSpan> WholeHouse(Random random)
    {
        while (true)
        {
            yield return Gap(random, 60);
            while (_troubled != 0 || IsOver)
                yield return s_tick;
            _isWholeHouse = true;
            int kind = random.Next(3);
            expected.Count($"house {kind}");
            foreach (TimeSpan pause in kind switch { 0 => Suspended(random), 1 => Stopped(random), _ => Reloaded(random) })
                yield return pause;
            foreach (string pipeline in (string[])[House.Camera, House.Sensor])
            {
                foreach (TimeSpan pause in Results(pipeline, pipeline == House.Camera ? s_cameraBack : s_sensorBack))
                    yield return pause;
            }

            foreach (TimeSpan pause in Connected())
                yield return pause;
            _isWholeHouse = false;
        }
    }

    private IEnumerable<TimeSpan> Suspended(Random random)
    {
        house.Time.Suspend(Span(random, 60, 4 * 3600));
        house.Wire.Cut();
        expected.AddLoss();
        yield return s_tick;
    }

    // As by SIGSTOP: the clocks go on, the driver's buffers are full of what was then.
    private IEnumerable<TimeSpan> Stopped(Random random)
    {
        for (int i = 0; i < 4; i++)
            _machine.SendFrame();
        house.Time.Advance(Span(random, 60, 4 * 3600));
        house.Wire.Cut();
        expected.AddLoss();
        expected.Add(House.Sensor, "has no value; windows without it are dropped until it is back");
        yield return s_tick;
    }

    private IEnumerable<TimeSpan> Reloaded(Random random)
    {
        string changed = random.Next(2) == 0 ? House.Camera : House.Sensor;
        long before = house.Reloads;
        house.Reload([.. house.Options.Select(options => options.Name == changed ? Changed(options, random) : options)]);
        while (house.Reloads == before)
            yield return s_tick;
    }

    private static PipelineOptions Changed(PipelineOptions options, Random random) =>
        options with { Budget = options.Budget with { Dwell = TimeSpan.FromSeconds(5 + random.NextDouble()) } };

    private IEnumerator<TimeSpan> Messages()
    {
        byte[] picture = new byte[28 * 28];
        while (true)
        {
            yield return TimeSpan.FromSeconds(20);
            if (IsCalm)
                house.Observer.Send("pictures/door", picture);
        }
    }

    private IEnumerable<TimeSpan> Results(string pipeline, TimeSpan limit)
    {
        long before = house.Counts.ResultsOf(pipeline);
        return Until(() => house.Counts.ResultsOf(pipeline) > before, $"results of {pipeline}", limit);
    }

    private IEnumerable<TimeSpan> Connected() => Until(() => house.Sink.Counters.IsConnected, "connection", s_brokerBack);

    private IEnumerable<TimeSpan> Until(Func<bool> holds, string what, TimeSpan limit)
    {
        long since = house.Time.GetTimestamp();
        while (!holds() && house.Time.GetElapsedTime(since) <= limit)
            yield return s_tick;
        expected.Recovered(what, house.Time.GetElapsedTime(since), holds() ? null : house.Health);
    }

    // A Poisson process, and not at once after the last trouble.
    private static TimeSpan Gap(Random random, double meanMinutes) =>
        TimeSpan.FromMinutes(2 - (meanMinutes * Math.Log(1 - random.NextDouble())));

    // Between the two, each order of magnitude as likely.
    private static TimeSpan Span(Random random, double leastSeconds, double mostSeconds) =>
        TimeSpan.FromSeconds(leastSeconds * Math.Pow(mostSeconds / leastSeconds, random.NextDouble()));
}
