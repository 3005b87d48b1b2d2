using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Joining;

/// <summary>Holds the columns of joined windows to what the model was trained on.</summary>
internal static class ColumnCheck
{
    /// <summary>Requires as many columns as the model takes, and those that its file names.</summary>
    /// <param name="place">The source, for messages.</param>
    /// <param name="columns">The columns: sensor and channel.</param>
    /// <param name="wish">What the model wants.</param>
    /// <exception cref="DeviceError">Names the first that differs, and both.</exception>
    public static void Require(
        string place, IReadOnlyList<(string Sensor, SensorChannel Channel)> columns, SampleWish wish)
    {
        if (wish.Channels is { } wanted && wanted != columns.Count)
            throw new DeviceError(place, $"gives {columns.Count} channels "
                + $"({string.Join(", ", columns.Select(column => $"{column.Sensor} {column.Channel.Name}"))}); "
                + $"the model takes {wanted}");
        for (int c = 0; c < Math.Min(columns.Count, wish.TrainedOn?.Count ?? 0); c++)
        {
            SensorChannel trained = wish.TrainedOn![c];
            (string sensor, SensorChannel channel) = columns[c];
            bool isSame = trained.Name == channel.Name
                && (trained.Unit.Length == 0 || FeedChannel.IsSameUnit(trained.Unit, channel.Unit));
            if (!isSame)
                throw new DeviceError(place, $"channel {c + 1} is {sensor} {Text(channel)}; "
                    + $"by its file the model was trained on {Text(trained)}");
        }
    }

    private static string Text(SensorChannel channel) =>
        channel.Unit.Length == 0 ? channel.Name : $"{channel.Name} in {channel.Unit}";
}
