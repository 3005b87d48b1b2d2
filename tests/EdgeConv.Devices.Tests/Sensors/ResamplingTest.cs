using CsCheck;
using EdgeConv.Devices.Sensors.Joining;
using EdgeConv.Devices.Tests.Sensors.Support;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Sensors;

public sealed class ResamplingTest : JoinTest
{
    private static readonly Gen<(double Joined, double Polled, double Own, double Slope)> s_rates =
        Gen.Select(Gen.Double[1, 200], Gen.Double[0.5, 400], Gen.Double[0.5, 400], Gen.Double[-50, 50]);

    [Fact]
    public void A_straight_line_is_reproduced_whatever_the_rates() => s_rates.Holds(rates =>
    {
        double Line(double t) => 3 + (rates.Slope * t);
        FakeSensor own = new(Time, Line) { OwnInterval = TimeSpan.FromSeconds(1 / rates.Own) };
        FakeSensor polled = new(Time, Line, t => -Line(t));
        using Window window = ReadAsync(Join(rates.Joined, 32,
            (Options, () => own), (Options with { RateHertz = rates.Polled }, () => polled))).Result;
        double[] instants = InstantsOf(window);
        for (int i = 0; i < instants.Length; i++)
        {
            // Instants are whole ticks of 100 ns, values single-precision floats.
            double most = 1e-6 + (Math.Abs(rates.Slope) * 2e-7) + (Math.Abs(Line(instants[i])) * 1e-7);
            Assert.InRange(ColumnOf(window, 0)[i] - Line(instants[i]), -most, most);
            Assert.InRange(ColumnOf(window, 1)[i] - Line(instants[i]), -most, most);
            Assert.InRange(ColumnOf(window, 2)[i] + Line(instants[i]), -most, most);
        }
    }, 200);

    [Fact]
    public async Task Instants_are_evenly_spaced_over_windows_and_the_last_is_when_it_was_captured()
    {
        FakeSensor sensor = new(Time, t => t);
        JoinedSource source = Join(30, 7, (Options, () => sensor));
        List<float> seen = [];
        for (int i = 0; i < 30; i++)
        {
            using Window window = await ReadAsync(source);
            Assert.Equal(i, window.Sequence);
            Assert.Equal((float)FakeSensor.SecondsAt(window.CapturedAt), ColumnOf(window, 0)[^1], 1e-6);
            Assert.Equal(Time.GetUtcNow() - Time.GetElapsedTime(window.CapturedAt), window.Timestamp);
            seen.AddRange(ColumnOf(window, 0));
        }

        for (int i = 1; i < seen.Count; i++)
            Assert.Equal(i / 30.0, seen[i] - seen[0], 1e-5);
    }

    [Fact]
    public async Task A_sensor_that_is_read_at_each_instant_costs_no_latency()
    {
        FakeSensor sensor = new(Time, t => t);
        JoinedSource source = Join(50, 10, (Options, () => sensor));
        (await ReadAsync(source)).Dispose();
        using Window window = await ReadAsync(source);
        Assert.InRange(Time.GetElapsedTime(window.CapturedAt).TotalMilliseconds, 0, 1);
        Assert.InRange(sensor.Reads, 20, 22);
    }

    [Fact]
    public async Task A_status_holds_until_the_next_and_waits_for_none()
    {
        FakeSensor status = new(Time, t => Math.Floor(t * 4) % 2)
        {
            Channels = [new("motion", "") { IsStatus = true }],
        };
        JoinedSource source = Join(100, 100, (Options with { RateHertz = 1 }, () => status));
        (await ReadAsync(source)).Dispose();
        using Window window = await ReadAsync(source);
        Assert.All(ColumnOf(window, 0), value => Assert.True(value is 0 or 1));
        Assert.InRange(Time.GetElapsedTime(window.CapturedAt).TotalMilliseconds, 0, 30);
    }

    [Fact]
    public async Task What_is_configured_overrules_what_the_channel_is()
    {
        FakeSensor slow = new(Time, t => t);
        using Window held = await ReadAsync(Join(20, 20,
            (Options with { RateHertz = 2, Resampling = Resampling.Hold }, () => slow)));
        Assert.InRange(ColumnOf(held, 0).Distinct().Count(), 2, 3);
        FakeSensor status = new(Time, t => t) { Channels = [new("c0", "V") { IsStatus = true }] };
        using Window line = await ReadAsync(Join(20, 20,
            (Options with { RateHertz = 2, Resampling = Resampling.Linear }, () => status)));
        Assert.Equal(20, ColumnOf(line, 0).Distinct().Count());
    }

    [Fact]
    public async Task Windows_slide_by_their_stride()
    {
        FakeSensor sensor = new(Time, t => t);
        JoinForm form = new() { Name = "n", Origin = "o", RateHertz = 10, Length = 8, Stride = 2 };
        JoinedSource source = Join(form, (Options, () => sensor));
        using Window first = await ReadAsync(source);
        using Window second = await ReadAsync(source);
        Assert.Equal(ColumnOf(first, 0)[2..], ColumnOf(second, 0)[..6]);
    }
}
