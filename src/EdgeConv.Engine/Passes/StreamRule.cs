using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Says which chains of convolutions run a few rows at a time. Streaming saves that the images between them are
/// written to memory and read again; it costs that the weights pass once a band of rows, and that rows between
/// the shares of two threads are computed twice.
/// </summary>
internal sealed class StreamRule
{
    /// <summary>
    /// Environment variable: <c>auto</c> decides by cost, <c>all</c> streams whatever can be, <c>off</c>
    /// nothing.
    /// </summary>
    public const string Variable = "EDGECONV_FUSION";

    // Measured on a core with a second-level cache of 1 MB: smaller images and larger weights gain nothing.
    private const long LeastBytesBetween = 512 * 1024;
    private const long MostWeightBytes = 256 * 1024;
    private const double MostComputedTwice = 0.1;

    private readonly Mode _mode;
    private readonly int _threads;

    private StreamRule(Mode mode, int threads)
    {
        _mode = mode;
        _threads = threads;
    }

    private enum Mode
    {
        Auto,
        All,
        Off,
    }

    /// <summary>The rule that <see cref="Variable"/> names.</summary>
    /// <exception cref="ConfigError">It has another value.</exception>
    public static StreamRule Chosen(int threads) => Choose(Environment.GetEnvironmentVariable(Variable), threads);

    /// <summary>The rule of a name; null or an empty one is <c>auto</c>.</summary>
    /// <exception cref="ConfigError">It is none.</exception>
    public static StreamRule Choose(string? named, int threads)
    {
        Mode mode = named switch
        {
            null or "" or "auto" => Mode.Auto,
            "all" => Mode.All,
            "off" => Mode.Off,
            _ => throw new ConfigError(Variable, $"'{named}' is neither auto, all nor off"),
        };
        return new StreamRule(mode, threads);
    }

    /// <summary>Why a chain runs layer by layer; null when it does not.</summary>
    public string? Obstacle(IReadOnlyList<Convolution> links)
    {
        ConvolutionShape[] shapes = [.. links.Select(LayerShape.Of)];
        // A column is a row too, but not to every kernel: what one writes the next may not read.
        if (shapes.Any(shape => shape.OutputHeight == 1))
            return "it has one row";
        if (_mode != Mode.Auto)
            return _mode == Mode.All ? null : $"{Variable} is off";
        long between = shapes[..^1].Sum(shape => 4L * shape.OutputChannels * shape.OutputPixels);
        if (between < LeastBytesBetween)
            return $"the {Kilobytes(between)} between its layers stay in a cache";
        long weights = shapes.Sum(shape => 4L * shape.OutputChannels * shape.WeightsPerOutput);
        if (weights > MostWeightBytes)
            return $"{Kilobytes(weights)} of weights would pass again for each band of rows";
        double twice = ComputedTwice(shapes);
        if (twice > MostComputedTwice)
            return string.Create(CultureInfo.InvariantCulture, $"{_threads} threads would compute {twice:P0} twice");
        return null;
    }

    // The share of all multiply-adds that lies in rows which two threads both need.
    private double ComputedTwice(ConvolutionShape[] shapes)
    {
        double total = 0, extra = 0;
        int overlap = 0;
        for (int i = shapes.Length - 1; i >= 0; i--)
        {
            ConvolutionShape shape = shapes[i];
            double row = (double)shape.OutputChannels * shape.OutputWidth * shape.WeightsPerOutput;
            total += row * shape.OutputHeight;
            extra += row * overlap;
            overlap = Math.Max(0, ((overlap - 1) * shape.StrideY) + ((shape.KernelHeight - 1) * shape.DilationY) + 1);
        }

        return extra * (_threads - 1) / total;
    }

    private static string Kilobytes(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{(bytes + 512) >> 10} KB");
}
