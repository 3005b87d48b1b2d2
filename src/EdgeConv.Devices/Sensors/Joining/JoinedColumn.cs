using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Joining;

/// <summary>A column of joined windows: a channel of one of the sensors.</summary>
internal sealed class JoinedColumn
{
    private readonly SensorFeed _feed;
    private readonly FeedChannel _channel;
    private bool _isLost;

    private JoinedColumn(SensorFeed feed, FeedChannel channel)
    {
        _feed = feed;
        _channel = channel;
    }

    /// <summary>What the sensor is called.</summary>
    public string Sensor => _feed.Name;

    /// <summary>What it measures.</summary>
    public SensorChannel Channel => _channel.Channel;

    /// <summary>Sensor and channel, for messages: <c>bme280 temp</c>.</summary>
    public string Name => $"{Sensor} {Channel.Name}";

    /// <summary>The columns of all sensors, in their order.</summary>
    public static JoinedColumn[] Of(IEnumerable<SensorFeed> feeds) =>
        [.. feeds.SelectMany(feed => feed.Channels.Select(channel => new JoinedColumn(feed, channel)))];

    /// <summary>Its value at the instant that was last asked for; NaN for none.</summary>
    public double Value { get; private set; }

    /// <summary>Finds its value at an instant that its sensor was read up to.</summary>
    /// <returns>False when that is not known yet.</returns>
    public bool TryKnow(long instant, long now)
    {
        bool isKnown = _feed.TryKnow(_channel, instant, now, out double value);
        Value = value;
        return isKnown;
    }

    /// <summary>Whether it is lost with this instant, having been there before.</summary>
    public bool IsLostBy(bool isThere)
    {
        bool isNew = !isThere && !_isLost;
        _isLost = !isThere;
        return isNew;
    }
}
