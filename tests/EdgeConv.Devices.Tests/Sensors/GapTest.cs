using EdgeConv.Devices.Sensors.Joining;
using EdgeConv.Devices.Tests.Sensors.Support;

namespace EdgeConv.Devices.Tests.Sensors;

public sealed class GapTest : JoinTest
{
    private double _goneFrom = double.MaxValue;
    private double _goneUntil = double.MaxValue;

    [Fact]
    public async Task One_missing_value_is_bridged_by_the_line()
    {
        int reads = 0;
        FakeSensor sensor = new(Time, t => reads++ % 5 == 3 ? double.NaN : t);
        using Window window = await ReadAsync(Join(10, 40, (Options with { Gap = GapPolicy.Drop }, () => sensor)));
        Assert.Equal(InstantsOf(window).Select(t => (float)t), ColumnOf(window, 0), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public async Task A_gap_is_held_as_long_as_configured()
    {
        JoinedSource source = Join(10, 10, (Options with { GapSeconds = 2 }, Sensor));
        GoAway(after: 1, seconds: 1.9);
        List<float> values = [];
        for (int i = 0; i < 6; i++)
        {
            using Window window = await ReadAsync(source);
            Assert.Equal(i, window.Sequence);
            values.AddRange(ColumnOf(window, 0));
        }

        // Held from the last value on, until there are two again.
        float held = values.GroupBy(value => value).First(group => group.Count() > 1).Key;
        Assert.InRange(values.Count(value => value == held), 17, 20);
    }

    [Fact]
    public async Task A_longer_gap_drops_windows_and_is_told_once_by_sensor_and_channel()
    {
        JoinedSource source = Join(10, 10, (Options, () => new FakeSensor(Time, t => t) { Name = "other" }), (Options, Sensor));
        GoAway(after: 1, seconds: 4);
        using Window first = await ReadAsync(source);
        Assert.Equal(0, first.Sequence);
        Assert.Equal("sensors:fake: fake c0 has no value; windows without it are dropped until it is back",
            await FailAsync<DataError>(source));
        using Window second = await ReadAsync(source);
        Assert.InRange(second.Sequence - first.Sequence, 4, 6);
        Assert.All(ColumnOf(second, 1), value => Assert.InRange(value, _goneUntil - 1e-5, double.MaxValue));
        Assert.Equal(InstantsOf(second).Select(t => (float)t), ColumnOf(second, 1), (a, b) => Math.Abs(a - b) < 1e-5);
        GoAway(after: 0.5, seconds: 4);
        await FailAsync<DataError>(source);
    }

    [Fact]
    public async Task Where_gaps_are_dropped_nothing_is_held()
    {
        JoinedSource source = Join(10, 10, (Options with { Gap = GapPolicy.Drop }, Sensor));
        GoAway(after: 1.5, seconds: 0.5);
        (await ReadAsync(source)).Dispose();
        await FailAsync<DataError>(source);
        using Window window = await ReadAsync(source);
        Assert.Equal(10, ColumnOf(window, 0).Distinct().Count());
    }

    [Fact]
    public async Task A_value_of_a_buffer_that_comes_late_is_waited_for()
    {
        // Handed out four at a time, as a watermark of 4 does.
        long released = 0;
        FakeSensor sensor = new(Time, t => t) { OwnInterval = TimeSpan.FromMilliseconds(10) };
        Waited = () =>
        {
            sensor.IsSilent = Time.GetTimestamp() / 400_000 == released;
            released = Time.GetTimestamp() / 400_000;
        };
        using Window window = await ReadAsync(Join(100, 100, (Options with { Gap = GapPolicy.Drop }, () => sensor)));
        Assert.Equal(InstantsOf(window).Select(t => (float)t), ColumnOf(window, 0), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    private FakeSensor Sensor() => new(Time, t => t >= _goneFrom && t < _goneUntil ? double.NaN : t);

    private void GoAway(double after, double seconds)
    {
        _goneFrom = FakeSensor.SecondsAt(Time.GetTimestamp()) + after;
        _goneUntil = _goneFrom + seconds;
    }
}
