using EdgeConv.Core;
using EdgeConv.Devices.Sensors.Iio;
using EdgeConv.Devices.Sensors.Joining;

namespace EdgeConv.Devices.Sensors;

/// <summary>Makes sources that join sensors.</summary>
public static class SensorSource
{
    /// <summary>Joins sensors into windows on one clock.</summary>
    /// <param name="options">Of <see cref="SourceKind.Sensors"/>.</param>
    /// <param name="wish">What the model wants.</param>
    /// <param name="time">Clock.</param>
    internal static ISource Create(SourceOptions options, SampleWish wish, TimeProvider time) =>
        Create(options, wish, time, new SensorFactory(SysRoot.Default, IioParts.Of(time)));

    /// <summary>Joins sensors that <paramref name="factory"/> opens.</summary>
    internal static ISource Create(SourceOptions options, SampleWish wish, TimeProvider time, SensorFactory factory) =>
        new JoinedSource(
            FormOf(options, wish),
            [.. options.Sensors.Select(sensor =>
                new SensorFeed(sensor, () => factory.Open(sensor), options.RateHertz, time))],
            time,
            left => CaptureThread.Sleep(left, time));

    /// <summary>Opens each sensor once, and holds their channels to what the model takes.</summary>
    /// <exception cref="DeviceError">The first that cannot be opened or read, or does not fit.</exception>
    internal static void Check(SourceOptions options, SampleWish wish, SysRoot root)
    {
        SensorFactory factory = new(root, IioParts.Of(TimeProvider.System));
        List<(string, SensorChannel)> columns = [];
        foreach (SensorOptions sensor in options.Sensors)
        {
            using ISensor open = factory.Open(sensor);
            columns.AddRange(FeedChannel.Choose(open, sensor.Channels).Select(one => (open.Name, one.Channel)));
            ReadOnce(open);
        }

        ColumnCheck.Require("source.sensors", columns, wish);
    }

    private static void ReadOnce(ISensor sensor)
    {
        long now = TimeProvider.System.GetTimestamp();
        try
        {
            _ = sensor.TryRead(new double[sensor.Channels.Count], ref now);
        }
        catch (Exception error) when (SensorFault.IsOne(error))
        {
            throw SensorFault.Of(sensor.Name, error);
        }
    }

    internal static JoinForm FormOf(SourceOptions options, SampleWish wish)
    {
        string names = string.Join('+', options.Sensors.Select(SensorFactory.NameOf));
        return new JoinForm
        {
            Name = $"sensors:{names}",
            Origin = names,
            RateHertz = options.RateHertz,
            Length = wish.WindowLength!.Value,
            Stride = options.Stride == 0 ? wish.WindowLength.Value : options.Stride,
            Wish = wish,
        };
    }
}
