using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Options;

/// <summary>
/// Reads how samples become the model's input: from <c>preprocess</c>, or where a sensor's channels state their mean
/// and deviation, from these.
/// </summary>
internal static class SensorNormalisation
{
    /// <summary>Reads it.</summary>
    /// <param name="section"><c>preprocess</c>; null when it is not there.</param>
    /// <param name="source">The source.</param>
    /// <param name="place">Where the source stands.</param>
    /// <exception cref="ConfigError">Both state it, or it is stated of channels that are not all named.</exception>
    public static PreprocessOptions Read(ConfigSection? section, SourceOptions source, string place)
    {
        PreprocessOptions options = ProcessingReader.ReadPreprocess(section);
        SensorChannelOptions[] channels = [.. source.Sensors.SelectMany(sensor => sensor.Channels)];
        if (!Array.Exists(channels, channel => channel.Mean is not null || channel.Deviation is not null))
            return options;
        if (source.Sensors.FirstOrDefault(sensor => sensor.Channels.Count == 0) is { } all)
            throw new ConfigError($"{place}.sensors",
                $"other channels state 'mean' or 'std'; those of '{all.Chip}{all.Device}' must then be named too");
        foreach (string key in (ReadOnlySpan<string>)["mean", "std"])
            section?.Refuse(key, "channels of the source state it already; one of the two is enough");
        return options with
        {
            Mean = [.. channels.Select(channel => (float)(channel.Mean ?? 0))],
            Deviation = [.. channels.Select(channel => (float)(channel.Deviation ?? 1))],
        };
    }
}
