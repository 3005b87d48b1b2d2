using EdgeConv.Core;
using EdgeConv.Gating;
using EdgeConv.Gating.Drift;
using EdgeConv.Gating.Events;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Pipeline.Watching;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests;

/// <summary>
/// What a pipeline says of drift and events, with a gate whose one feature is the window's first value.
/// </summary>
public sealed class GateWatchTest : IDisposable
{
    private static readonly WatchOptions EachSample = new()
    {
        Drift = new DriftOptions { Interval = TimeSpan.Zero },
        Events = new EventOptions { Gap = TimeSpan.Zero },
    };

    private readonly RecordingSink _sink = new();
    private readonly Random _random = new(21);
    private readonly BoardMonitor _monitor = new(new FakeBoard(), TimeProvider.System);

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public async Task An_odd_stretch_is_one_event_with_the_same_id_at_start_and_end()
    {
        float[] values = [.. Repeat(30, 0), .. Repeat(6, 9), 40, .. Repeat(3, 9), .. Repeat(30, 0)];
        await Run(EachSample with { Drift = null }, values);
        GateEvent[] events = [.. _sink.Findings.OfType<GateEvent>()];
        Assert.Equal([EventPhase.Start, EventPhase.End], events.Select(e => e.Phase));
        Assert.Equal(events[0].Id, events[1].Id);
        Assert.Equal("19700101T000000000-31", events[1].Id);
        Assert.Equal(("test", 31L), (events[1].Pipeline, events[1].First.Sequence));
        Assert.InRange(events[1].Last.Sequence, 40, 55);
        Assert.Equal((36L, "w36", "fake"),
            (events[1].Peak.Sequence, events[1].Peak.Origin, events[1].Peak.Model.Name));
        Assert.Equal(events[1].Last.Sequence - 30, events[1].Samples);
    }

    [Fact]
    public async Task Health_names_the_event_while_it_is_open()
    {
        await Run(EachSample with { Drift = null }, [.. Repeat(30, 0), .. Repeat(6, 9), .. Repeat(60, 0), .. Repeat(6, 9)]);
        string[] ids = [.. _sink.Findings.OfType<GateEvent>().Select(e => e.Id).Distinct()];
        Assert.Equal(2, ids.Length);
        IEnumerable<string?> told = _sink.Health.Select(health => health.OpenEvent);
        Assert.Equal([null, ids[0], null, ids[1], null], told.Aggregate(
            new List<string?>(), (list, id) => list.Count > 0 && list[^1] == id ? list : [.. list, id]));
    }

    [Fact]
    public async Task The_message_of_a_start_follows_the_result_it_is_about()
    {
        await Run(EachSample with { Drift = null }, [.. Repeat(5, 0), .. Repeat(5, 9)]);
        int at = _sink.Findings.ToList().FindIndex(finding => finding is GateEvent);
        GateEvent start = Assert.IsType<GateEvent>(_sink.Findings[at]);
        Assert.Equal(start.Last.Sequence, Assert.IsType<Result>(_sink.Findings[at - 1]).Sequence);
    }

    [Fact]
    public async Task An_event_that_is_open_when_the_source_ends_is_ended()
    {
        await Run(EachSample with { Drift = null }, [.. Repeat(5, 0), .. Repeat(5, 9)]);
        GateEvent last = Assert.IsType<GateEvent>(_sink.Findings[^1]);
        Assert.Equal((EventPhase.End, 9L), (last.Phase, last.Last.Sequence));
        Assert.Equal(PipelineState.Stopped, _sink.Health[^1].State);
    }

    [Fact]
    public async Task Drift_raises_one_alarm_and_health_says_so_from_then_on()
    {
        await Run(EachSample with { Events = null }, [.. Repeat(200, 0), .. Repeat(100, 2)]);
        DriftAlarm alarm = Assert.Single(_sink.Findings.OfType<DriftAlarm>());
        Assert.Equal(DriftReference.Calibration, alarm.Evidence.Reference);
        Assert.InRange(alarm.Sample.Sequence, 200, 280);
        Assert.Equal((0.01, alarm.Sample.Sequence + 1), (alarm.Evidence.Alpha, alarm.Evidence.Samples));
        Assert.InRange(alarm.Evidence.Martingale, 100, double.MaxValue);
        Health told = Assert.Single(_sink.Health, h => h.HasDrifted && h.State == PipelineState.Running);
        Assert.Equal(alarm.Sample.Sequence + 1, told.Results);
        Assert.True(_sink.Health[^1].HasDrifted);
        Assert.Single(_sink.Findings, finding => finding is not Result);
    }

    [Fact]
    public async Task A_stream_unlike_the_calibration_from_its_start_raises_an_alarm()
    {
        await Run(EachSample with { Events = null }, Repeat(200, 1));
        DriftAlarm alarm = Assert.Single(_sink.Findings.OfType<DriftAlarm>());
        Assert.InRange(alarm.Sample.Sequence, 5, 150);
    }

    /// <summary>
    /// The first member is too slow, so the governor moves to the second after some twenty results.
    /// </summary>
    [Fact]
    public async Task Drift_and_events_go_on_when_the_governor_moves()
    {
        Family = [Member("large", slow: true), Member("small", slow: false)];
        await Run(EachSample, [.. Repeat(60, 0), .. Repeat(60, 2), .. Repeat(10, 9)]);
        Assert.Equal(["large", "small"], _sink.Results.Select(r => r.Model.Name).Distinct());
        DriftAlarm alarm = Assert.Single(_sink.Findings.OfType<DriftAlarm>());
        Assert.Equal(("small", alarm.Sample.Sequence + 1), (alarm.Sample.Model.Name, alarm.Evidence.Samples));
        Assert.Equal(EventPhase.End, Assert.IsType<GateEvent>(_sink.Findings[^1]).Phase);
    }

    [Fact]
    public async Task Without_a_gate_nothing_is_watched()
    {
        Family = [Member("bare", slow: false, isGated: false)];
        await Run(EachSample, [.. Repeat(100, 0), .. Repeat(100, 40)]);
        Assert.All(_sink.Findings, finding => Assert.IsType<Result>(finding));
        Assert.False(_sink.Health[^1].HasDrifted);
    }

    [Fact]
    public void A_sample_that_changes_nothing_allocates_nothing()
    {
        GateWatch watch = new(Parts(new ScriptedSource(false), EachSample));
        GateReading reading = new(Verdict.Accepted, 0.5, 1, "deep");
        ModelIdentity model = new("fake", "fake.onnx", new string('0', 64));
        GatedSample sample = new(DateTimeOffset.UnixEpoch, 0, 0, "w0", model, reading);
        Assert.Equal(0, Allocation.Least(() => watch.Observe(0, sample), runs: 100));
        Assert.Empty(_sink.Findings);
    }

    private IReadOnlyList<FamilyMember> Family { get; set; } = [Member("fake", slow: false)];

    private async Task Run(WatchOptions watch, float[] values)
    {
        ScriptedSource source = new(false, [.. values.Select((value, i) =>
            Samples.Window([value, 0, 0, 0], 1, $"w{i}"))]);
        using Pipeline pipeline = new(Parts(source, watch));
        await pipeline.RunAsync(TestContext.Current.CancellationToken);
    }

    private PipelineParts Parts(ISource source, WatchOptions watch) => new()
    {
        Name = "test",
        Source = source,
        Family = Family,
        Profiles = [.. Family.Select((m, i) => new PointProfile(
            i, m.Session.Model.Name, 1, 1 - i / 10.0, TimeSpan.FromMilliseconds(2.0 / (i + 1)), 1e-3 / (i + 1)))],
        Sink = _sink,
        Board = _monitor,
        Budget = new BudgetOptions { Latency = TimeSpan.FromMilliseconds(4), Dwell = TimeSpan.FromHours(1) },
        Watch = watch,
    };

    private float[] Repeat(int count, float mean) =>
        [.. Enumerable.Range(0, count).Select(_ => mean + Gaussian(_random))];

    private static FamilyMember Member(string name, bool slow, bool isGated = true)
    {
        ModelIdentity model = new(name, $"{name}.onnx", new string('0', 64));
        FakeSession session = new(new Shape(1, 1, 4), [new Shape(1, 2)], run =>
        {
            run.Statistics[0] = run.GetInput(0).AsSpan<float>()[0];
            if (slow)
                Thread.Sleep(5);
        })
        {
            Model = model,
            Taps = [new TapInfo("deep", 1, 1)],
            Statistics = [0, 1],
        };
        MahalanobisGate? gate = isGated ? new(Fit(model)) : null;
        return new FamilyMember(session, gate, new PreprocessOptions(), new DecodeOptions(), 1);
    }

    private static Fingerprint Fit(ModelIdentity model)
    {
        Random random = new(20);
        FingerprintFitter fitter = new(model, new FitOptions { Taps = [new TapChoice("deep", 1)] });
        for (int i = 0; i < 3000; i++)
            fitter.Add($"sample {i}", 0, [Gaussian(random), 1]);
        return fitter.Finish();
    }

    // Box and Muller.
    private static float Gaussian(Random random)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        return (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}
