using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads a pipeline's <c>preprocess</c> and <c>decode</c> sections.</summary>
internal static class ProcessingReader
{
    private const int MostLabels = 100_000;
    private const int LargestLabelsFile = 4 << 20;
    private static readonly NumberRange UnitShare = new(0, 1, "a share");
    private static readonly NumberRange Pixel = new(0, 255, "a pixel value");

    private static readonly Dictionary<string, Fit> Fits = new()
    {
        ["stretch"] = Fit.Stretch,
        ["crop"] = Fit.Crop,
        ["pad"] = Fit.Pad,
    };

    private static readonly Dictionary<string, ColorOrder> Colors = new()
    {
        ["rgb"] = ColorOrder.Rgb,
        ["bgr"] = ColorOrder.Bgr,
    };

    private static readonly Dictionary<string, Rounding> Roundings = new()
    {
        ["byte"] = Rounding.Byte,
        ["none"] = Rounding.None,
    };

    private static readonly Dictionary<string, DecoderKind> Decoders = new()
    {
        ["classification"] = DecoderKind.Classification,
        ["blazeface"] = DecoderKind.BlazeFace,
        ["corners"] = DecoderKind.Corners,
        ["image"] = DecoderKind.Image,
        ["segmentation"] = DecoderKind.Segmentation,
    };

    /// <summary>Reads <c>preprocess</c>.</summary>
    public static PreprocessOptions ReadPreprocess(ConfigSection? section)
    {
        PreprocessOptions defaults = new();
        if (section is null)
            return defaults;
        PreprocessOptions options = new()
        {
            Fit = section.Choice("fit", Fits, defaults.Fit),
            Color = section.Choice("color", Colors, defaults.Color),
            Antialias = section.Flag("antialias", defaults.Antialias),
            Rounding = section.Choice("rounding", Roundings, defaults.Rounding),
            Mean = section.Numbers("mean") ?? defaults.Mean,
            Deviation = section.Numbers("std") ?? defaults.Deviation,
            PadValue = (float)(section.Number("pad_value", Pixel) ?? defaults.PadValue),
        };
        section.RefuseUnknown();
        if (options.Deviation.Any(d => d == 0))
            throw new ConfigError(section.PlaceOf("std"), "0 cannot divide; leave 'std' out for 1");
        return options;
    }

    // A mask is as likely as not; a box should be likelier.
    private const double MaskThreshold = 0.5;

    /// <summary>Reads <c>decode</c>, and the labels file that it names.</summary>
    public static DecodeOptions ReadDecode(ConfigSection? section, ConfigPaths paths)
    {
        DecodeOptions defaults = new();
        if (section is null)
            return defaults;
        DecoderKind kind = section.Choice("kind", Decoders, defaults.Kind);
        double threshold = kind == DecoderKind.Segmentation ? MaskThreshold : defaults.Threshold;
        (float low, float high) = ReadRange(section, defaults);
        DecodeOptions options = new()
        {
            Kind = kind,
            Labels = ReadLabels(section, paths),
            Top = section.Integer("top", 1, 1000, defaults.Top)!.Value,
            Softmax = section.Flag("softmax", kind != DecoderKind.Segmentation),
            Threshold = (float)(section.Number("threshold", UnitShare) ?? threshold),
            Overlap = (float)(section.Number("overlap", UnitShare) ?? defaults.Overlap),
            Low = low,
            High = high,
        };
        section.RefuseUnknown();
        return options;
    }

    private static (float Low, float High) ReadRange(ConfigSection section, DecodeOptions defaults)
    {
        if (section.Numbers("range") is not { } range)
            return (defaults.Low, defaults.High);
        return range.Count == 2 && range[0] < range[1]
            ? (range[0], range[1])
            : throw new ConfigError(section.PlaceOf("range"),
                "needs two numbers, what is black and what is white in the model's picture: [0, 1]");
    }

    // `labels` is a list of names, or `labels_file` a file with one a line.
    private static string[] ReadLabels(ConfigSection section, ConfigPaths paths)
    {
        IReadOnlyList<string>? inline = section.Texts("labels");
        string? file = section.Text("labels_file");
        if (inline is not null && file is not null)
            throw new ConfigError(
                section.PlaceOf("labels_file"), "stands beside 'labels'; one of the two is enough");
        if (file is null)
            return [.. inline ?? []];
        string place = section.PlaceOf("labels_file");
        string text = BoundedFile.ReadText(place, paths.Resolve(file), LargestLabelsFile);
        string[] labels = text.Split(
            '\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return labels.Length is > 0 and <= MostLabels
            ? labels
            : throw new ConfigError(
                place, $"'{file}' has {labels.Length} labels; 1 to {MostLabels}, one a line, are needed");
    }
}
