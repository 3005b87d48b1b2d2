using System.Diagnostics;
using System.Globalization;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Hosting;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Devices;
using EdgeConv.Devices.Sensors;
using EdgeConv.Devices.Sensors.Iio;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;
using EdgeConv.Mqtt;
using EdgeConv.Mqtt.Inlets;
using EdgeConv.Mqtt.Tests.Brokers;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;

namespace EdgeConv.Day;

/// <summary>
/// The daemon's pipelines with their sink, on a clock of their own, around a camera, a sensor and a broker that can fail:
/// everything between the calls to the kernel and the broker's socket is the product's.
/// </summary>
internal sealed class House : IAsyncDisposable
{
    public const string Base = "edgeconv/house";
    public const string Camera = "camera", Sensor = "sensor", Inlet = "inlet";

    // What comes behind another fault is logged when it still stands ten seconds later, at the next report.
    private static readonly TimeSpan s_loggedWithin = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan s_seenWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_realPatience = TimeSpan.FromSeconds(30);
    private readonly TempFolder _folder = new();
    private readonly BoardMonitor _board;
    private readonly PipelineBuilder _builder;
    private readonly PipelineSet _set;
    private readonly Task _rounds;
    private readonly CancellationTokenSource _stop = new();
    private readonly int _mostPoolThreads;
    private volatile IReadOnlyList<PipelineOptions>? _next;
    private int _reading;
    private long _reloads;

    public House()
    {
        ThreadPool.GetMaxThreads(out _mostPoolThreads, out _);
        Broker = new Mosquitto("allow_anonymous true", "max_queued_messages 0", "set_tcp_nodelay true");
        Await(Broker.StartAsync());
        Observer = new Observer(Base);
        Observer.Connect(Broker.Port);
        Wire = new Wire(() => Broker.Port);
        Journal = new Journal(Time);
        LoggingSink logging = new(Journal);
        _board = new BoardMonitor(
            new FakeBoard { Reading = new BoardReading { TemperatureCelsius = 50 } }, Time,
            new BoardGovernor(new BoardBudget(), Time));
        _builder = new PipelineBuilder(
            new SessionLoader(_ => { }), logging, _board, new FamilyProfiles(null, TimeProvider.System), Time);
        Sink = MqttSink.Start(
            new MqttOptions { Host = "127.0.0.1", Port = Wire.Port, Base = Base, ClientId = "house" }, Report, Time);
        Counts = new CountingSink(Sink, Observer);
        logging.Connect(Counts);
        Webcam = Cameras.Plug(Machine.FirstNode, Machine.CameraName, Machine.CameraLink);
        Machine = new Machine(Cameras, Webcam, Time);
        Options = ReadConfiguration();
        _set = new PipelineSet(Build, Journal, Time);
        Await(_set.AdoptAsync(Await(_set.PrepareAsync(Options))));
        _rounds = Task.Run(RunRoundsAsync);
    }

    public SimulatedTime Time { get; } = new();

    public Mosquitto Broker { get; }

    public Wire Wire { get; }

    public Observer Observer { get; }

    public Journal Journal { get; }

    public MqttSink Sink { get; }

    public CountingSink Counts { get; }

    public FakeCameras Cameras { get; } = new();

    public FakeCamera Webcam { get; }

    public Machine Machine { get; }

    public IReadOnlyList<PipelineOptions> Options { get; private set; }

    /// <summary>What the pipelines last said of themselves.</summary>
    public string Health => string.Join('\n', new[] { Camera, Sensor, Inlet }.Select(Observer.HealthOf));

    /// <summary>Reloads that are done.</summary>
    public long Reloads => Interlocked.Read(ref _reloads);

    /// <summary>What was told by the sink, and when.</summary>
    public List<Entry> Connections { get; } = [];

    /// <summary>When the broker hung, from and to: of what is over by its end a subscriber sees the last only.</summary>
    public List<(TimeSpan From, TimeSpan To)> Hangs { get; } = [];

    /// <summary>Problems of camera and sensor that no subscriber has seen, though the broker was there.</summary>
    public IReadOnlyList<Entry> Unseen(IReadOnlyList<Entry> logged)
    {
        ILookup<(string, string), TimeSpan> seen =
            Observer.Named.ToLookup(entry => (entry.Subject, entry.Text), entry => entry.At);
        return [.. logged.Where(entry => entry.Subject is Camera or Sensor && !WasAway(entry.At)
            && !seen[(entry.Subject, entry.Text)].Any(
                at => at > entry.At - s_loggedWithin && at < entry.At + s_seenWithin))];
    }

    /// <summary>Whether the broker was away or hung, or was about to: what was said then may have reached nobody.</summary>
    public bool WasAway(TimeSpan at)
    {
        Entry? last = Connections.LastOrDefault(entry => entry.At <= at);
        Entry? next = Connections.FirstOrDefault(entry => entry.At > at && entry.At - at < s_seenWithin);
        return last?.Subject != nameof(MqttState.Connected) || next is not null
            || Hangs.Exists(hang => at >= hang.From - s_seenWithin && at <= hang.To);
    }

    /// <summary>Has the pipelines built anew that are others in the new configuration, as SIGHUP does.</summary>
    public void Reload(IReadOnlyList<PipelineOptions> options)
    {
        Options = options;
        _next = options;
    }

    /// <summary>Waits until everybody waits: for the clock, a frame, a message.</summary>
    public void Settle()
    {
        long begun = Stopwatch.GetTimestamp();
        SpinWait spin = default;
        for (int quiet = 0; quiet < 2; quiet = IsQuiet ? quiet + 1 : 0)
        {
            if (quiet != 0)
                continue;
            spin.SpinOnce(sleep1Threshold: 200);
            if (Stopwatch.GetElapsedTime(begun) > s_realPatience)
            {
                throw new TimeoutException($"somebody is stuck at {Time.Elapsed}: {Disquiet}\n"
                    + string.Join('\n', Journal.Problems.TakeLast(10)));
            }
        }
    }

    /// <summary>The source's threads that must wait for the clock, and what else keeps it from going on.</summary>
    private string Disquiet => string.Create(CultureInfo.InvariantCulture,
        $"{Volatile.Read(ref _reading)} read, {Time.Blocked} wait, {ThreadPool.PendingWorkItemCount} pending, "
            + $"{BusyPoolThreads} busy, {Wire.Outstanding} packets");

    private bool IsQuiet => Time.Blocked >= Volatile.Read(ref _reading) && ThreadPool.PendingWorkItemCount == 0
        && BusyPoolThreads == 0 && Wire.Outstanding == 0;

    private int BusyPoolThreads
    {
        get
        {
            ThreadPool.GetAvailableThreads(out int free, out _);
            return _mostPoolThreads - free;
        }
    }

    /// <summary>Ends everything as the daemon's stop does; the clock must be moved on meanwhile.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _rounds.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _set.DisposeAsync().ConfigureAwait(false);
        await Sink.StopAsync(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
        _board.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Wire.DisposeAsync();
        Observer.Dispose();
        await Broker.DisposeAsync();
        Machine.Dispose();
        Cameras.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    // What DaemonService does in its rounds.
    private async Task RunRoundsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Time, _stop.Token).ConfigureAwait(false);
            if (_next is { } options)
            {
                _next = null;
                await _set.AdoptAsync(await _set.PrepareAsync(options).ConfigureAwait(false)).ConfigureAwait(false);
                Interlocked.Increment(ref _reloads);
            }

            await _set.LookAfterAsync().ConfigureAwait(false);
        }
    }

    private IReadOnlyList<PipelineOptions> ReadConfiguration()
    {
        string models = Repository.PathOf("deploy", "models");
        return ConfigReader.ReadFile(_folder.Write("house.yaml", $$"""
            pipelines:
              - name: {{Camera}}
                source: { kind: camera, device: /dev/v4l/by-id/{{Machine.CameraLink}} }
                models: [{ path: {{models}}/fashion/fashion-s.onnx, fingerprint: {{models}}/fashion/fashion-s.ecfp }]
                preprocess: { antialias: false, rounding: none, mean: [72.93], std: [90.015] }
                decode: { labels_file: {{models}}/fashion/labels.txt }
              - name: {{Sensor}}
                source:
                  kind: sensors
                  rate_hz: 10
                  stride: 256
                  sensors: [{ kind: hwmon, device: {{Machine.SensorName}}, channels: [{ name: temp1, mean: 20, std: 2 }] }]
                models: [{ path: {{models}}/heart/heart.onnx }]
                decode: { labels_file: {{models}}/heart/labels.txt }
              - name: {{Inlet}}
                source: { kind: mqtt, topic: pictures/+, format: gray8, width: 28, height: 28 }
                models: [{ path: {{models}}/fashion/fashion-s.onnx }]
                decode: { labels_file: {{models}}/fashion/labels.txt }

            """)).Pipelines;
    }

    private RunnablePipeline Build(PipelineOptions options)
    {
        List<FamilyMember> family = _builder.LoadFamily(options);
        SampleWish wish = SampleWishes.Of(family, options.Preprocess);
        return _builder.Join(options, SourceOf(options, wish), family);
    }

    private ISource SourceOf(PipelineOptions options, SampleWish wish) => options.Name switch
    {
        Camera => Watched(new CameraSource(options.Source, wish, Time, Cameras.Root, Cameras)),
        Sensor => Watched(SensorSource.Create(
            options.Source, wish, Time, new SensorFactory(Machine.Sensors, IioParts.Of(Time)))),
        _ => SourceFactory.Create(options.Source, wish, new MqttInlet(options.Inlet!, () => Sink.Options, Time)),
    };

    private WatchedSource Watched(ISource source) => new(source, change => Interlocked.Add(ref _reading, change));

    private void Report(MqttStatus status)
    {
        if (status.IsProblem)
            Journal.MqttProblem(status.Message);
        lock (Connections)
            Connections.Add(new Entry(Time.Elapsed, status.State.ToString(), status.Message));
    }

    private static void Await(Task task) => task.WaitAsync(s_realPatience).GetAwaiter().GetResult();

    private static T Await<T>(Task<T> task) => task.WaitAsync(s_realPatience).GetAwaiter().GetResult();
}
