using EdgeConv.Core;
using EdgeConv.Gating.Drift;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Gating.Tests.Drift;

public sealed class DriftMonitorTest
{
    private static readonly DriftOptions EachSample = new() { Alpha = 0.05, Interval = TimeSpan.Zero };
    private static readonly double[] Calibrated = [.. Enumerable.Range(2, 1000).Select(k => k / 1001.0)];
    private readonly Random _random = new(11);
    private long _now;

    [Fact]
    public void An_alarm_carries_its_evidence_and_the_monitor_begins_anew()
    {
        DriftMonitor monitor = new(EachSample, Calibrated, TimeProvider.System);
        Assert.Equal(-1, FirstAlarm(monitor, 300, _ => Reading(Uniform(), 3), out _));
        int at = FirstAlarm(monitor, 100, _ => Reading(Uniform() / 500, 300), out DriftEvidence evidence);
        Assert.InRange(at, 1, 20);
        Assert.Equal((0.05, 301L + at), (evidence.Alpha, evidence.Samples));
        Assert.InRange(evidence.Martingale, 20, 1e6);
        Assert.InRange(evidence.PageHinkley, 5, 100);
        Assert.Equal(PageHinkley.Threshold, evidence.PageHinkleyThreshold);
        Assert.Equal(-1, FirstAlarm(monitor, 300, _ => Reading(Uniform() / 500, 300), out _));
        Assert.InRange(FirstAlarm(monitor, 200, _ => Reading(Uniform(), 3), out evidence), 1, 100);
        Assert.InRange(evidence.Samples, 302, 400);
    }

    [Fact]
    public void Samples_that_follow_too_soon_are_not_looked_at()
    {
        ManualClock time = new();
        DriftMonitor hasty = new(EachSample, Calibrated, time);
        DriftMonitor patient = new(EachSample with { Interval = TimeSpan.FromSeconds(1) }, Calibrated, time);
        double[] values = [.. Enumerable.Range(0, 200).Select(i => i < 100 ? Uniform() : Uniform() / 500)];
        long? hastyAt = null, patientAt = null;
        for (int i = 0; i < 10 * values.Length; i++)
        {
            long now = i * TimeSpan.TicksPerMillisecond * 100;
            if (i % 10 == 0 && hasty.Observe(0, Reading(values[i / 10], 3), now) is { } first)
                hastyAt ??= first.Samples;
            double p = i % 10 == 0 ? values[i / 10] : 1e-6;
            if (patient.Observe(0, Reading(p, 3), now) is { } second)
                patientAt ??= second.Samples;
        }

        Assert.NotNull(hastyAt);
        Assert.Equal(hastyAt, patientAt);
    }

    /// <summary>The distances of another member may be of any size; only its p-values count.</summary>
    [Fact]
    public void A_move_to_another_member_loses_no_evidence_and_makes_none()
    {
        DriftMonitor staying = new(EachSample, Calibrated, TimeProvider.System);
        DriftMonitor moving = new(EachSample, Calibrated, TimeProvider.System);
        for (int i = 0; i < 400; i++)
        {
            GateReading reading = Reading(i < 300 ? Uniform() : Uniform() / 50, 3);
            GateReading other = reading with { Distance = 1e6 * reading.Distance, Tap = "small" };
            bool isMoved = i / 50 % 2 == 1;
            DriftEvidence? stayed = staying.Observe(0, reading, i);
            DriftEvidence? moved = moving.Observe(isMoved ? 1 : 0, isMoved ? other : reading, i);
            Assert.Equal(stayed?.Martingale, moved?.Martingale);
            Assert.True(i < 300 || i > 350 || moved is null or { Samples: > 300 });
            if (moved is { } evidence)
                Assert.InRange(evidence.PageHinkley, 0, PageHinkley.Threshold);
        }
    }

    /// <summary>
    /// Members calibrated by 1000 samples each, in turns: their p-values are not quite alike, and still no
    /// more than α of the runs raise an alarm (binomial, at 0.01 %).
    /// </summary>
    [Fact]
    public void Members_in_turns_keep_the_rate_of_false_alarms()
    {
        const int Runs = 400, Length = 3000, Turn = 250;
        int alarms = 0;
        for (int run = 0; run < Runs; run++)
        {
            CalibrationBlocks[] members = [new([Calibration()]), new([Calibration()])];
            DriftMonitor monitor = new(EachSample with { Seed = 100 + run }, Calibrated, TimeProvider.System);
            int at = FirstAlarm(monitor, Length, i => Judged(members[i / Turn % 2]), out _);
            alarms += at >= 0 ? 1 : 0;
        }

        TestContext.Current.SendDiagnosticMessage("{0} of {1} runs raised an alarm", alarms, Runs);
        Assert.True(SpecialFunctions.Beta(alarms, Runs - alarms + 1, 0.05) > 1e-4, $"{alarms}");
        Assert.NotEqual(0, alarms);

        float[] Calibration() => [.. Enumerable.Range(0, 1000).Select(_ => _random.NextSingle()).Order()];

        GateReading Judged(CalibrationBlocks member) => Reading(member.PValue([_random.NextSingle()], out _), 3);
    }

    [Fact]
    public void A_distance_below_zero_is_a_distance_like_others()
    {
        DriftMonitor monitor = new(EachSample, Calibrated, TimeProvider.System);
        FirstAlarm(monitor, 200, _ => Reading(Uniform(), -3), out _);
        FirstAlarm(monitor, 50, _ => Reading(Uniform() / 500, -0.5), out DriftEvidence evidence);
        Assert.InRange(evidence.PageHinkley, 1, 20);
    }

    [Fact]
    public void A_reading_allocates_nothing()
    {
        DriftMonitor monitor = new(EachSample, Calibrated, TimeProvider.System);
        monitor.Observe(1, Reading(0.5, 3) with { Tap = "other" }, 0);
        Assert.Equal(0, Allocation.Least(() => monitor.Observe(0, Reading(Uniform(), 3), 0), runs: 100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void An_alpha_that_is_no_probability_is_refused(double alpha) =>
        Assert.Throws<ConfigError>(
            () => new DriftMonitor(new DriftOptions { Alpha = alpha }, Calibrated, TimeProvider.System));

    private int FirstAlarm(
        DriftMonitor monitor, int count, Func<int, GateReading> next, out DriftEvidence evidence)
    {
        evidence = default;
        for (int i = 0; i < count; i++)
        {
            if (monitor.Observe(0, next(i), _now++) is not { } found)
                continue;
            evidence = found;
            return i;
        }

        return -1;
    }

    private double Uniform() => 1 - _random.NextDouble();

    private static GateReading Reading(double p, double distance) =>
        new(p <= 0.05 ? Verdict.Ood : Verdict.Accepted, p, distance, "deep");

    private sealed class ManualClock : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
