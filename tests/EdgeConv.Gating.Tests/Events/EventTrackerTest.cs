using CsCheck;
using EdgeConv.Core;
using EdgeConv.Gating.Events;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Gating.Tests.Events;

public sealed class EventTrackerTest
{
    private const double Alpha = 0.05, Ordinary = 0.5, Odd = 0.001;
    private static readonly EventOptions Short = new() { Span = 3, Gap = TimeSpan.FromSeconds(3) };
    private static readonly GateReading Reading = new(Verdict.Accepted, Ordinary, 3, "deep");
    private static readonly string[] Origins = [.. Enumerable.Range(0, 20).Select(i => $"w{i}")];
    private static readonly Gen<double> Values = Gen.OneOf(Gen.Double[1e-4, 1], Gen.Double[1e-4, 0.05]);
    private readonly EventTracker _tracker = new(Short, Alpha, new SecondClock());
    private long _next;

    [Fact]
    public void The_smoothed_p_is_a_geometric_moving_average() =>
        Gen.Select(Gen.Int[1, 50], Gen.Double[1e-6, 1].Array[0, 50]).Holds((span, values) =>
        {
            EventTracker tracker = new(new EventOptions { Span = span }, Alpha, new SecondClock());
            double weight = 2 / (span + 1.0), expected = Math.Exp(-1);
            foreach (double p in values)
            {
                tracker.Observe(Sample(p));
                expected = Math.Pow(expected, 1 - weight) * Math.Pow(p, weight);
                Assert.Equal(expected, tracker.SmoothedP, 1e-9 * expected);
            }
        }, count: 300);

    /// <summary>
    /// w = 1/2. Four samples at p = 0.5 leave evidence of 0.7123; one at 0.001 makes it 3.8100, above
    /// 1 + 4 √(1/3) = 3.3094; then follow 2.2516 and 1.4724, below 2.1547. The gap of 3 s runs from sample 5.
    /// </summary>
    [Fact]
    public void An_event_opens_at_alpha_and_closes_when_it_has_been_back_for_the_gap()
    {
        Assert.Equal("....S...E...", Feed(Ordinary, Ordinary, Ordinary, Ordinary, Odd, Ordinary, Ordinary,
            Ordinary, Ordinary, Ordinary, Ordinary, Ordinary));
        Assert.Equal((4L, 5L, 4L, 2L), Numbers());
    }

    [Fact]
    public void A_rise_within_the_gap_is_the_same_event_and_one_after_it_another()
    {
        Assert.Equal(".S...", Feed(Ordinary, Odd, Ordinary, Ordinary, Odd));
        Assert.Equal((1L, 4L, 1L, 4L), Numbers());
        Assert.Equal("...E..S", Feed(Ordinary, Ordinary, Ordinary, Ordinary, Ordinary, Ordinary, Odd));
        Assert.Equal((11L, 11L, 11L, 1L), Numbers());
    }

    [Fact]
    public void The_samples_that_led_to_an_event_belong_to_it_and_the_oddest_is_its_peak()
    {
        EventTracker tracker = new(Short with { Span = 5 }, Alpha, new SecondClock());
        double[] values = [Ordinary, 0.04, 0.01, 0.02, 0.01, 0.03];
        EventPhase?[] phases = [.. values.Select(p => tracker.Observe(Sample(p)))];
        Assert.Equal([null, null, null, EventPhase.Start, null, null], phases);
        Assert.Equal((2L, 5L), (tracker.First.Sequence, tracker.Last.Sequence));
        Assert.Equal((2L, 0.01, "w2"), (tracker.Peak.Sequence, tracker.Peak.Gate.P, tracker.Peak.Origin));
    }

    [Fact]
    public void Among_equal_p_values_the_greatest_distance_is_the_peak()
    {
        foreach (double distance in (double[])[5, 90, 90, 7])
            _tracker.Observe(Sample(Odd) with { Gate = Reading with { P = Odd, Distance = distance } });
        Assert.Equal((1L, 90.0), (_tracker.Peak.Sequence, _tracker.Peak.Gate.Distance));
    }

    [Fact]
    public void The_end_of_a_stream_ends_what_is_open_once()
    {
        Assert.Null(_tracker.Close());
        Feed(Odd, Odd);
        Assert.Equal(EventPhase.End, _tracker.Close());
        Assert.Null(_tracker.Close());
    }

    [Fact]
    public void Starts_and_ends_take_turns_and_the_peak_lies_inside() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[0, 5], Values.Array[0, 80])
            .Holds((span, gap, values) =>
            {
                EventOptions options = new() { Span = span, Gap = TimeSpan.FromSeconds(gap) };
                EventTracker tracker = new(options, Alpha, new SecondClock());
                for (int i = 0; i < values.Length; i++)
                {
                    bool wasOpen = tracker.IsOpen;
                    GatedSample sample = Sample(values[i]) with { Sequence = i, CapturedAt = i };
                    EventPhase? phase = tracker.Observe(sample);
                    Assert.True(phase is null || phase == (wasOpen ? EventPhase.End : EventPhase.Start));
                    if (phase != EventPhase.End)
                        continue;
                    int first = (int)tracker.First.Sequence, last = (int)tracker.Last.Sequence;
                    Assert.Equal(values[first..(last + 1)].Min(), tracker.Peak.Gate.P);
                    Assert.Equal((last - first + 1, true), (tracker.Count, i - last >= gap));
                }
            }, count: 500);

    /// <summary>
    /// With the defaults and a gate of α = 5 % that flags a twentieth of independent ordinary samples.
    /// </summary>
    [Fact]
    public void Ordinary_samples_open_far_fewer_events_than_the_gate_flags_samples()
    {
        const int Samples = 400_000;
        EventTracker tracker = new(new EventOptions(), Alpha, new SecondClock());
        Random random = new(17);
        int events = 0;
        for (int i = 0; i < Samples; i++)
            events += tracker.Observe(Sample(1 - random.NextDouble())) == EventPhase.Start ? 1 : 0;
        TestContext.Current.SendDiagnosticMessage("{0} events in {1} samples", events, Samples);
        Assert.InRange(events, 1, Samples / 10_000);
    }

    /// <summary>At 25 samples a second, independent ordinary ones after fifty odd ones.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void An_event_is_over_soon_after_the_gap_whatever_alpha_is(double alpha)
    {
        const int Rate = 25;
        int late = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            EventTracker tracker = new(new EventOptions(), alpha, new SampleClock(Rate));
            Random random = new(seed);
            for (int i = 0; i < 50; i++)
                tracker.Observe(Sample(Odd) with { CapturedAt = i });
            Assert.True(tracker.IsOpen);
            int ended = 50;
            while (tracker.Observe(Sample(1 - random.NextDouble()) with { CapturedAt = ended }) != EventPhase.End)
                ended++;
            late += ended - 50 > 2 * 5 * Rate ? 1 : 0;
            Assert.InRange(tracker.Last.CapturedAt, 49, ended - (5 * Rate));
        }

        Assert.InRange(late, 0, 10);
    }

    /// <summary>n calibration samples make no p below 1 / (n + 1), here α itself.</summary>
    [Fact]
    public void The_least_p_of_a_small_calibration_set_opens_an_event()
    {
        foreach (int span in (int[])[1, 10, 100])
        {
            EventTracker tracker = new(new EventOptions { Span = span }, Alpha, new SecondClock());
            Assert.Contains(EventPhase.Start, Enumerable.Range(0, 10 * span).Select(_ => tracker.Observe(Sample(Alpha))));
        }
    }

    [Fact]
    public void Ordinary_samples_begin_no_event_that_stays_at_a_large_alpha()
    {
        EventTracker tracker = new(new EventOptions(), 0.5, new SecondClock());
        Random random = new(19);
        int open = 0;
        for (int i = 0; i < 100_000; i++)
        {
            tracker.Observe(Sample(1 - random.NextDouble()));
            open += tracker.IsOpen ? 1 : 0;
        }

        Assert.InRange(open, 0, 2000);
    }

    [Fact]
    public void A_sample_allocates_nothing()
    {
        Random random = new(18);
        long allocated = Allocation.Least(() => _tracker.Observe(Sample(1 - random.NextDouble())), runs: 1000);
        Assert.Equal(0, allocated);
    }

    private string Feed(params double[] values) =>
        string.Concat(values.Select(p => _tracker.Observe(Sample(p)) switch
        {
            EventPhase.Start => "S",
            EventPhase.End => "E",
            _ => ".",
        }));

    private (long First, long Last, long Peak, long Count) Numbers() =>
        (_tracker.First.Sequence, _tracker.Last.Sequence, _tracker.Peak.Sequence, _tracker.Count);

    private GatedSample Sample(double p)
    {
        long now = _next++;
        string origin = now < Origins.Length ? Origins[now] : "later";
        GateReading reading = Reading with { P = p };
        return new GatedSample(
            DateTimeOffset.UnixEpoch, now, now, origin, FakeSession.Identity, reading);
    }

    private sealed class SampleClock(int rate) : TimeProvider
    {
        public override long TimestampFrequency => rate;
    }

    private sealed class SecondClock : TimeProvider
    {
        public override long TimestampFrequency => 1;
    }
}
