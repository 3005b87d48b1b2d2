using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Devices.Sensors.Chips;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads a <c>source</c> section of kind sensors.</summary>
internal static class SensorOptionsReader
{
    private const int MostBuses = 1024;
    private const int MostSelects = 16;

    // Addresses that the I2C specification does not keep for itself.
    private const int LeastAddress = 0x08;
    private const int MostAddress = 0x77;
    private static readonly NumberRange s_joined = new(1e-3, 1e4, "a rate in Hz");
    private static readonly NumberRange s_gap = new(0, 86_400, "a number of seconds");
    private static readonly NumberRange s_shunt = new(1e-6, 1e3, "a resistance in Ω");
    private static readonly NumberRange s_any = new(-1e12, 1e12, "a number");

    private static readonly Dictionary<string, SensorKind> Kinds = new()
    {
        ["iio"] = SensorKind.Iio,
        ["hwmon"] = SensorKind.Hwmon,
        ["i2c"] = SensorKind.I2c,
        ["spi"] = SensorKind.Spi,
        ["gpio"] = SensorKind.Gpio,
    };

    private static readonly Dictionary<string, Resampling> Resamplings = new()
    {
        ["auto"] = Resampling.Auto,
        ["linear"] = Resampling.Linear,
        ["hold"] = Resampling.Hold,
    };

    private static readonly Dictionary<string, GapPolicy> Gaps = new()
    {
        ["hold"] = GapPolicy.Hold,
        ["drop"] = GapPolicy.Drop,
    };

    /// <summary>Reads the section.</summary>
    public static SourceOptions Read(ConfigSection section)
    {
        IReadOnlyList<ConfigSection> sensors = section.Sections("sensors");
        if (sensors.Count == 0)
        {
            section.RefuseUnknown();
            throw new ConfigError(section.PlaceOf("sensors"), "is missing; at least one sensor is needed");
        }

        SourceOptions options = new()
        {
            Kind = SourceKind.Sensors,
            RateHertz = section.Number("rate_hz", s_joined)
                ?? throw new ConfigError(section.PlaceOf("rate_hz"), "is missing: instants a second of the windows"),
            Stride = section.Integer("stride", 1, 1 << 24) ?? 0,
            Sensors = [.. sensors.Select(ReadSensor)],
            Trigger = TriggerReader.Read(section),
        };
        section.RefuseUnknown();
        return options;
    }

    /// <summary>Refuses what only sensors have in a section of another kind.</summary>
    public static void Refuse(ConfigSection section)
    {
        if (section.Has("sensors"))
            section.Refuse("sensors", "'sensors' belongs to a source of 'kind: sensors'");
        if (section.Has("trigger"))
            section.Refuse("trigger", "'trigger' belongs to a source of 'kind: camera' or 'kind: sensors'");
    }

    private static SensorOptions ReadSensor(ConfigSection section)
    {
        section.RequiredText("kind");
        SensorKind kind = section.Choice("kind", Kinds, default);
        SensorOptions sensor = OfKind(section, kind) with
        {
            Channels = ReadChannels(section),
            RateHertz = section.Number("rate_hz", s_joined) ?? 0,
            Resampling = section.Choice("resample", Resamplings, Resampling.Auto),
            Gap = section.Choice("gap", Gaps, GapPolicy.Hold),
            GapSeconds = section.Number("gap_s", s_gap, 1)!.Value,
        };
        section.RefuseUnknown();
        return sensor;
    }

    private static SensorOptions OfKind(ConfigSection section, SensorKind kind)
    {
        SensorOptions sensor = new() { Kind = kind };
        return kind switch
        {
            SensorKind.Iio => sensor with
            {
                Device = section.RequiredText("device"),
                IsBuffered = section.Flag("buffer", false),
                Trigger = section.Text("trigger") ?? "",
            },
            SensorKind.Hwmon => sensor with { Device = section.RequiredText("device") },
            SensorKind.I2c => sensor with
            {
                Chip = ChipOf(section, kind),
                Bus = section.Integer("bus", 0, MostBuses, 1)!.Value,
                Address = AddressOf(section),
                ShuntOhms = section.Number("shunt_ohms", s_shunt, sensor.ShuntOhms)!.Value,
            },
            SensorKind.Spi => sensor with
            {
                Chip = ChipOf(section, kind),
                Bus = section.Integer("bus", 0, MostBuses, 0)!.Value,
                Address = section.Integer("select", 0, MostSelects, 0),
            },
            _ => sensor with
            {
                Chip = ChipOf(section, kind),
                GpioChip = section.Text("gpio") ?? "",
                Line = TriggerReader.LineOf(section),
            },
        };
    }

    private static string ChipOf(ConfigSection section, SensorKind kind)
    {
        string chip = section.RequiredText("chip");
        IReadOnlyList<string> known = SensorChips.NamesOf(kind);
        return known.Contains(chip)
            ? chip
            : throw new ConfigError(section.PlaceOf("chip"), $"'{chip}' is not one of {string.Join(", ", known)}");
    }

    // Written as chips' data sheets do, 0x76.
    private static int? AddressOf(ConfigSection section)
    {
        if (section.Text("address") is not { } text)
            return null;
        bool isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool isNumber = int.TryParse(
            isHexadecimal ? text.AsSpan(2) : text,
            isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int address);
        return isNumber && address is >= LeastAddress and <= MostAddress
            ? address
            : throw new ConfigError(section.PlaceOf("address"),
                $"'{text}' is no address in 0x{LeastAddress:x2}..0x{MostAddress:x2}");
    }

    private static SensorChannelOptions[] ReadChannels(ConfigSection section)
    {
        SensorChannelOptions[] channels = [.. section.Nodes("channels").Select(ReadChannel)];
        if (channels.GroupBy(channel => channel.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ConfigError(section.PlaceOf("channels"), $"names '{twice.Key}' twice");
        return channels;
    }

    private static SensorChannelOptions ReadChannel(ConfigNode node)
    {
        if (node.Kind == ConfigNodeKind.Scalar && !node.IsEmpty && node.Text.Length != 0)
            return new SensorChannelOptions(node.Text);
        ConfigSection section = new(node);
        SensorChannelOptions channel = new(section.RequiredText("name"))
        {
            Unit = section.Text("unit"),
            Mean = section.Number("mean", s_any),
            Deviation = section.Number("std", s_any),
        };
        section.RefuseUnknown();
        return channel.Deviation == 0
            ? throw new ConfigError(section.PlaceOf("std"), "0 cannot divide; leave 'std' out for 1")
            : channel;
    }
}
