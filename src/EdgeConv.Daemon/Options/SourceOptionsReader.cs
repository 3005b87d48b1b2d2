using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Mqtt;
using EdgeConv.Mqtt.Inlets;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads a pipeline's <c>source</c> section.</summary>
internal static class SourceOptionsReader
{
    internal static readonly NumberRange Hertz = new(1e-6, 1e6, "a rate in Hz");
    private static readonly NumberRange Any = new(-1e12, 1e12, "a number");

    private static readonly Dictionary<string, SourceKind> Kinds = new()
    {
        ["images"] = SourceKind.Images,
        ["csv"] = SourceKind.Csv,
        ["wav"] = SourceKind.Wav,
        ["raw"] = SourceKind.Raw,
        ["stdin"] = SourceKind.Stdin,
        ["camera"] = SourceKind.Camera,
        ["sensors"] = SourceKind.Sensors,
        ["mqtt"] = SourceKind.Mqtt,
        ["video"] = SourceKind.Video,
    };

    private static readonly Dictionary<string, SampleFormat> Formats = new()
    {
        ["csv"] = SampleFormat.Csv,
        ["u8"] = SampleFormat.UInt8,
        ["s16"] = SampleFormat.Int16,
        ["f32"] = SampleFormat.Float32,
        ["gray8"] = SampleFormat.Gray8,
        ["rgb24"] = SampleFormat.Rgb24,
        ["yuyv"] = SampleFormat.Yuyv,
        ["uyvy"] = SampleFormat.Uyvy,
        ["nv12"] = SampleFormat.Nv12,
        ["nv21"] = SampleFormat.Nv21,
        ["yuv420"] = SampleFormat.Yuv420,
    };

    private static readonly Dictionary<string, SampleFormat> MessageFormats = new(Formats)
    {
        ["json"] = SampleFormat.Json,
        ["image"] = SampleFormat.Image,
    };

    internal static readonly Dictionary<string, ColorCoding> Codings = new()
    {
        ["bt601"] = ColorCoding.Bt601,
        ["bt601-full"] = ColorCoding.Bt601Full,
        ["bt709"] = ColorCoding.Bt709,
        ["bt709-full"] = ColorCoding.Bt709Full,
    };

    private static readonly Dictionary<string, bool> Speeds = new()
    {
        ["real"] = true,
        ["full"] = false,
    };

    /// <summary>Reads the section; what it subscribes to, of messages.</summary>
    public static (SourceOptions Source, InletOptions? Inlet) Read(
        ConfigSection pipeline, ConfigPaths paths, MqttOptions results)
    {
        ConfigSection section = pipeline.Section("source")
            ?? throw new ConfigError(pipeline.PlaceOf("source"), "is missing");
        section.RequiredText("kind");
        SourceKind kind = section.Choice("kind", Kinds, default);
        if (kind == SourceKind.Camera)
            return (CameraOptionsReader.Read(section), null);
        if (kind == SourceKind.Sensors)
            return (SensorOptionsReader.Read(section), null);
        if (kind == SourceKind.Video)
            return (VideoOptionsReader.Read(section, paths), null);
        CameraOptionsReader.Refuse(section);
        SensorOptionsReader.Refuse(section);
        VideoOptionsReader.Refuse(section);
        return kind == SourceKind.Mqtt
            ? InletReader.Read(section, paths, results, pipeline.RequiredText("name"))
            : (ReadFile(section, kind, paths), null);
    }

    /// <summary>What samples look like, of files and messages alike.</summary>
    public static SourceOptions ReadContent(ConfigSection section, SampleFormat format)
    {
        SourceOptions options = new()
        {
            Kind = default,
            Columns = section.Texts("columns") ?? [],
            Format = section.Choice("format", format == SampleFormat.Json ? MessageFormats : Formats, format),
            Coding = section.Choice("coding", Codings, ColorCoding.Bt601),
            Channels = section.Integer("channels", 1, 1024, 1)!.Value,
            Width = section.Integer("width", 1, 16384) ?? 0,
            Height = section.Integer("height", 1, 16384) ?? 0,
            Offset = section.Number("offset", Any) ?? 0,
            Scale = section.Number("scale", Any) ?? 1,
        };
        if (options.HasPictures && (options.Width == 0 || options.Height == 0))
            throw new ConfigError(section.PlaceOf("width"), "bare pictures need both 'width' and 'height'");
        return options;
    }

    private static SourceOptions ReadFile(ConfigSection section, SourceKind kind, ConfigPaths paths)
    {
        InletReader.Refuse(section);
        bool isStdin = kind == SourceKind.Stdin;
        SourceOptions options = ReadContent(section, SampleFormat.Csv) with
        {
            Kind = kind,
            Path = isStdin ? "" : paths.Resolve(section.RequiredText("path")),
            RateHertz = section.Number("rate_hz", Hertz) ?? 0,
            RealTime = section.Choice("speed", Speeds, true),
            Loop = !isStdin && section.Flag("loop", false),
            Stride = section.Integer("stride", 1, 1 << 24) ?? 0,
        };
        section.RefuseUnknown();
        return options;
    }
}
