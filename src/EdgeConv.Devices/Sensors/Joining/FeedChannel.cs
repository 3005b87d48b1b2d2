using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Joining;

/// <summary>A channel that is used of a sensor.</summary>
/// <param name="Index">Its place among the sensor's channels.</param>
/// <param name="Channel">What it is.</param>
internal sealed record FeedChannel(int Index, SensorChannel Channel)
{
    /// <summary>The channels that are wanted, in their order; all when none is named.</summary>
    /// <exception cref="DeviceError">One is not there, or has another unit than is stated.</exception>
    public static IReadOnlyList<FeedChannel> Choose(ISensor sensor, IReadOnlyList<SensorChannelOptions> wanted)
    {
        FeedChannel[] all = [.. sensor.Channels.Select((channel, i) => new FeedChannel(i, channel))];
        if (wanted.Count == 0)
            return all;
        return [.. wanted.SelectMany(channel => Matching(sensor, all, channel))];
    }

    // A channel of several values, such as a quaternion, is numbered: rot_quaternion_0 to 3.
    private static FeedChannel[] Matching(ISensor sensor, FeedChannel[] all, SensorChannelOptions wanted)
    {
        FeedChannel[] found = Array.FindAll(all, one => one.Channel.Name == wanted.Name);
        if (found.Length == 0)
            found = Array.FindAll(all, one => IsPartOf(one.Channel.Name, wanted.Name));
        if (found.Length == 0)
            throw new DeviceError(sensor.Name, $"has no channel '{wanted.Name}'; it has "
                + string.Join(", ", all.Select(one => one.Channel.Name)));
        if (wanted.Unit is { } unit && Array.Find(found, one => !IsSameUnit(one.Channel.Unit, unit)) is { } other)
            throw new DeviceError(sensor.Name,
                $"channel '{other.Channel.Name}' is in {NameOf(other.Channel.Unit)}, 'unit' says {NameOf(unit)}");
        return found;
    }

    /// <summary>Whether two units are one, however they are written: <c>m/s²</c> and <c>m/s2</c>.</summary>
    public static bool IsSameUnit(string one, string other) => Plain(one) == Plain(other);

    private static string Plain(string unit) => unit
        .Replace("²", "2", StringComparison.Ordinal)
        .Replace("degC", "°C", StringComparison.Ordinal)
        .Replace("Ohm", "Ω", StringComparison.Ordinal);

    private static bool IsPartOf(string name, string whole) => name.Length > whole.Length + 1
        && name.StartsWith(whole, StringComparison.Ordinal)
        && name[whole.Length] == '_'
        && name.AsSpan(whole.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static string NameOf(string unit) => unit.Length == 0 ? "no unit" : unit;
}
