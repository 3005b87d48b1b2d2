using EdgeConv.Devices.Sensors.Joining;
using EdgeConv.Devices.Tests.Sensors.Support;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Sensors;

/// <summary>Sources that join sensors of a made-up time.</summary>
public abstract class JoinTest : IAsyncDisposable
{
    private readonly List<JoinedSource> _sources = [];

    private protected ManualTime Time { get; } = new();

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Called before time is moved on.</summary>
    private protected Action Waited { get; set; } = () => { };

    private protected static SensorOptions Options => new() { Kind = SensorKind.I2c, Chip = "fake" };

    public async ValueTask DisposeAsync()
    {
        foreach (JoinedSource source in _sources)
            await source.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected JoinedSource Join(
        double hertz, int length, params (SensorOptions Options, Func<ISensor> Open)[] sensors) =>
        Join(new JoinForm { Name = "sensors:fake", Origin = "fake", RateHertz = hertz, Length = length, Stride = length },
            sensors);

    private protected JoinedSource Join(JoinForm form, params (SensorOptions Options, Func<ISensor> Open)[] sensors)
    {
        JoinedSource source = new(
            form,
            [.. sensors.Select(sensor => new SensorFeed(sensor.Options, sensor.Open, form.RateHertz, Time))],
            Time,
            time =>
            {
                Waited();
                Time.Advance(time);
            });
        _sources.Add(source);
        return source;
    }

    private protected static async Task<Window> ReadAsync(ISource source) =>
        Assert.IsType<Window>(await source.ReadAsync(Cancellation));

    /// <summary>The message that some read ends in, after a few windows at most.</summary>
    private protected static async Task<string> FailAsync<T>(ISource source) where T : EdgeConvError =>
        (await Assert.ThrowsAsync<T>(async () =>
        {
            for (int i = 0; i < 5; i++)
                (await source.ReadAsync(Cancellation))!.Dispose();
        })).Message;

    /// <summary>When the instants of a window are, s.</summary>
    private protected static double[] InstantsOf(Window window) => [.. Enumerable.Range(0, window.Length)
        .Select(i => FakeSensor.SecondsAt(window.CapturedAt) - ((window.Length - 1 - i) / window.RateHertz))];

    private protected static float[] ColumnOf(Window window, int column) => [.. Enumerable.Range(0, window.Length)
        .Select(i => window.Values.Span[(i * window.Channels) + column])];
}
