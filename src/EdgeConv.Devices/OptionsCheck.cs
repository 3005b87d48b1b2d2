using EdgeConv.Core;
using EdgeConv.Devices.Files;

namespace EdgeConv.Devices;

/// <summary>Ranges of <see cref="SourceOptions"/>.</summary>
internal static class OptionsCheck
{
    private const int MostChannels = 1024;
    private const int MostSensors = 64;
    private const double MostHertz = 10_000;

    /// <exception cref="ConfigError">Names the option, what it is and what it may be.</exception>
    public static void Require(SourceOptions options)
    {
        bool isFile = options.Kind is SourceKind.Images or SourceKind.Csv or SourceKind.Wav or SourceKind.Raw;
        Require(!isFile || options.Path.Length != 0,
            "path", "is empty; a file is needed");
        Require(options.RateHertz >= 0 && double.IsFinite(options.RateHertz),
            "rate_hz", $"is {options.RateHertz}; 0 or more is needed");
        Require(options.Stride >= 0, "stride", $"is {options.Stride}; 0 or more is needed");
        Require(double.IsFinite(options.Offset), "offset", $"is {options.Offset}; a finite number is needed");
        Require(double.IsFinite(options.Scale), "scale", $"is {options.Scale}; a finite number is needed");
        Require(options.Channels is > 0 and <= MostChannels,
            "channels", $"is {options.Channels}; 1 to {MostChannels} are read");
        Require(!(options.Loop && options.Kind == SourceKind.Stdin),
            "loop", "is set; standard input cannot be read again");
        Require(options.Kind == SourceKind.Mqtt || options.Format is not (SampleFormat.Json or SampleFormat.Image),
            "format", "json and image are formats of messages; other sources do not read them");
        if (options.Kind is SourceKind.Camera or SourceKind.Video)
            RequireCamera(options);
        else if (options.Kind == SourceKind.Sensors)
            RequireSensors(options);
        else if (options.HasPictures && options.GivesPictures && options.Kind != SourceKind.Images)
            RequireSize(options.Width, options.Height);
    }

    private static void RequireCamera(SourceOptions options)
    {
        Require(options.Width >= 0, "width", $"is {options.Width}; 0 or more is needed");
        Require(options.Height >= 0, "height", $"is {options.Height}; 0 or more is needed");
    }

    private static void RequireSensors(SourceOptions options)
    {
        Require(options.Sensors.Count is > 0 and <= MostSensors,
            "sensors", $"names {options.Sensors.Count}; 1 to {MostSensors} are joined");
        Require(options.RateHertz is > 0 and <= MostHertz,
            "rate_hz", $"is {options.RateHertz}; more than 0 and at most {MostHertz} instants a second are needed");
    }

    private static void RequireSize(int width, int height)
    {
        Require(width > 0, "width", $"is {width}; bare pictures need their width and height");
        Require(height > 0, "height", $"is {height}; bare pictures need their width and height");
        Require((long)width * height <= ImageDecoder.MostPixels,
            "width", $"{width} x {height} pixels; at most {ImageDecoder.MostPixels} are read");
    }

    private static void Require(bool holds, string key, string problem)
    {
        if (!holds)
            throw new ConfigError($"source.{key}", problem);
    }
}
