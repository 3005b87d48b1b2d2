using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors;

/// <summary>Picks of a sensor's channels those that are wanted.</summary>
internal static class ChannelChoice
{
    private const int MostNamed = 24;

    /// <summary>The channels in the order in which they are wanted; all when none is named.</summary>
    /// <param name="place">The sensor, for messages.</param>
    /// <param name="all">What it has.</param>
    /// <param name="wanted">Names that are wanted.</param>
    /// <param name="isCalled">Whether a channel is called so.</param>
    /// <param name="nameOf">What a channel is called, for messages.</param>
    /// <exception cref="DeviceError">One is not there, or there are none; names those that are.</exception>
    public static IReadOnlyList<T> Of<T>(
        string place,
        IReadOnlyList<T> all,
        IReadOnlyList<SensorChannelOptions> wanted,
        Func<T, string, bool> isCalled,
        Func<T, string> nameOf)
        where T : class
    {
        if (all.Count == 0)
            throw new DeviceError(place, "has no channel that can be read");
        if (wanted.Count == 0)
            return all;
        return [.. wanted.Select(channel => all.FirstOrDefault(one => isCalled(one, channel.Name))
            ?? throw new DeviceError(place, $"has no channel '{channel.Name}'; it has {Listed(all, nameOf)}"))];
    }

    private static string Listed<T>(IReadOnlyList<T> all, Func<T, string> nameOf) =>
        string.Join(", ", all.Take(MostNamed).Select(nameOf)) + (all.Count > MostNamed ? ", …" : "");
}
