using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Core;
using EdgeConv.Kernels.Colors;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Depthwise;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using EdgeConv.Kernels.Pixels;
using EdgeConv.Kernels.Pointwise;
using EdgeConv.Kernels.Pooling;
using EdgeConv.Kernels.Resize;
using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Kernels;

/// <summary>
/// Every kernel family as rows in order of preference. The choice falls once a layer, when a model is loaded:
/// the first row that this machine runs and that accepts the layer. The environment variable
/// <see cref="Variable"/> names one instruction set to use instead of the best.
/// </summary>
public static class KernelTable
{
    /// <summary>
    /// Environment variable that forces an instruction set: <c>scalar</c>, <c>avx2</c>, <c>avx512</c>
    /// or <c>neon</c>.
    /// </summary>
    public const string Variable = "EDGECONV_KERNELS";

    private static readonly KernelFamily[] Families = Register();

    /// <summary>The instruction sets that this machine runs, best first.</summary>
    public static IReadOnlyList<KernelSet> SupportedSets { get; } =
        [.. Families.Select(family => family.Set)];

    /// <summary>The instruction set in use: the best, or the one that <see cref="Variable"/> names.</summary>
    /// <exception cref="ConfigError">The variable names none that this machine runs.</exception>
    public static KernelSet Chosen => Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The product for 1x1 convolutions and matrices.</summary>
    public static PointwiseKernel Pointwise(KernelSet? set = null) => Find(set).Pointwise;

    /// <summary>Element-wise functions.</summary>
    public static ElementwiseKernel Elementwise(KernelSet? set = null) => Find(set).Elementwise;

    /// <summary>Pooling.</summary>
    public static PoolingKernel Pooling(KernelSet? set = null) => Find(set).Pooling;

    /// <summary>Per-channel statistics.</summary>
    public static ChannelStatisticsKernel ChannelStatistics(KernelSet? set = null) =>
        Find(set).ChannelStatistics;

    /// <summary>Sums of channels whose pixels arrive a few at a time.</summary>
    public static ChannelSumsKernel ChannelSums(KernelSet? set = null) => Find(set).ChannelSums;

    /// <summary>Normalised floats of pixels.</summary>
    public static PixelKernel Pixels(KernelSet? set = null) => Find(set).Pixels;

    /// <summary>Pictures of another size.</summary>
    public static ResizeKernel Resize(KernelSet? set = null) => Find(set).Resize;

    /// <summary>Colours of a picture as a model wants them.</summary>
    public static ColorKernel Colors(KernelSet? set = null) => Find(set).Colors;

    /// <summary>The row for a convolution of this shape.</summary>
    public static ConvolutionRow Convolution(ConvolutionShape shape, KernelSet? set = null)
    {
        foreach (ConvolutionRow row in Find(set).Convolutions)
        {
            if (row.Accepts(shape))
                return row;
        }

        throw new InvalidOperationException($"the rows accept every shape, but not {shape}");
    }

    /// <summary>The rows for convolutions, in order of preference.</summary>
    public static IReadOnlyList<ConvolutionRow> Convolutions(KernelSet? set = null) => Find(set).Convolutions;

    internal static KernelSet Choose(string? named)
    {
        if (string.IsNullOrEmpty(named))
            return Families[0].Set;
        foreach (KernelFamily family in Families)
        {
            if (string.Equals(family.Set.ToString(), named, StringComparison.OrdinalIgnoreCase))
                return family.Set;
        }

        string right = string.Join(", ", Families.Select(family => Lower(family.Set)));
        throw new ConfigError(Variable, $"'{named}' is no instruction set of this machine; it runs {right}");
    }

    private static string Lower(KernelSet set) => set switch
    {
        KernelSet.Avx512 => "avx512",
        KernelSet.Avx2 => "avx2",
        KernelSet.Neon => "neon",
        _ => "scalar",
    };

    private static KernelFamily Find(KernelSet? set)
    {
        KernelSet wanted = set ?? Chosen;
        return Array.Find(Families, family => family.Set == wanted)
            ?? throw new ArgumentOutOfRangeException(nameof(set), wanted, "this machine does not run it");
    }

    // IsSupported is a constant in a published binary, decided by the build's instruction set: asked here
    // only.
    private static KernelFamily[] Register()
    {
        List<KernelFamily> families = [];
        if (Avx512DQ.IsSupported)
            families.Add(Avx512());
        if (Avx2.IsSupported && Fma.IsSupported)
            families.Add(Family<Avx2Lanes, Vector256<float>, Tile6x16Avx2>(
                new U8PixelsAvx2(), new U8ResizeAvx2()));
        if (AdvSimd.Arm64.IsSupported)
            families.Add(Family<NeonLanes, Vector128<float>, Tile8x8Neon>(
                new U8PixelsNeon(), new U8ResizeNeon()));
        families.Add(Family<ScalarLanes, float, Tile1x4Scalar>(new U8PixelsScalar(), new U8ResizeScalar()));
        return [.. families];
    }

    // Pictures, and channels that do not fill vectors of 16, are left to vectors of 8.
    private static KernelFamily Avx512()
    {
        PixelKernel pixels = new U8PixelsAvx2();
        KernelFamily family = Family<Avx512Lanes, Vector512<float>, Tile12x32Avx512>(
            pixels, new U8ResizeAvx2());
        F32Elementwise<Avx2Lanes, Vector256<float>> half = new();
        return family with
        {
            Elementwise = half,
            Colors = new F32Colors<Avx2Lanes, Vector256<float>>(),
            Pooling = new F32Pooling<Avx2Lanes, Vector256<float>>(),
            ChannelStatistics = new F32ChannelStatistics<Avx2Lanes, Vector256<float>>(),
            Convolutions = WithPixels(
                pixels,
                [
                    Planar<Avx2Lanes, Vector256<float>>(
                        new F32Pointwise<Tile6x16Avx2, Avx2Lanes, Vector256<float>>(half), half),
                    Depthwise<Avx512Lanes, Vector512<float>>(
                        family.Elementwise, static shape => shape.OutputChannels % Avx512Lanes.Count == 0),
                    Depthwise<Avx2Lanes, Vector256<float>>(half, static _ => true),
                    .. Products(family.Pointwise),
                ]),
        };
    }

    private static KernelFamily Family<TLanes, TVector, TTile>(PixelKernel pixels, ResizeKernel resize)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
        where TTile : struct, IPointwiseTile<TLanes, TVector>
    {
        F32Elementwise<TLanes, TVector> elementwise = new();
        F32Pointwise<TTile, TLanes, TVector> pointwise = new(elementwise);
        ConvolutionRow planar = Planar<TLanes, TVector>(pointwise, elementwise);
        ConvolutionRow depthwise = Depthwise<TLanes, TVector>(elementwise, static _ => true);
        return new KernelFamily
        {
            Set = TLanes.Set,
            Pointwise = pointwise,
            Elementwise = elementwise,
            Pooling = new F32Pooling<TLanes, TVector>(),
            ChannelStatistics = new F32ChannelStatistics<TLanes, TVector>(),
            ChannelSums = new F32ChannelSums<TLanes, TVector>(),
            Pixels = pixels,
            Resize = resize,
            Colors = new F32Colors<TLanes, TVector>(),
            Convolutions = WithPixels(pixels, [planar, depthwise, .. Products(pointwise)]),
        };
    }

    private static ConvolutionRow Planar<TLanes, TVector>(
        PointwiseKernel pointwise, ElementwiseKernel elementwise)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct =>
        new(
            "F32Planar",
            static shape => shape is { IsInputPlanar: true, Pixels: null },
            (shape, weights, bias) =>
                new PlanarLayer<TLanes, TVector>(pointwise, elementwise, shape, weights, bias));

    private static ConvolutionRow Depthwise<TLanes, TVector>(
        ElementwiseKernel elementwise, ConvolutionRow.Acceptance accepts)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct =>
        new(
            "F32Depthwise",
            shape => shape is { IsDepthwise: true, IsInputPlanar: false, Pixels: null }
                && shape.OutputChannels == shape.InputChannels && accepts(shape),
            (shape, weights, bias) => new F32Depthwise<TLanes, TVector>(elementwise, shape, weights, bias));

    private static ConvolutionRow[] Products(PointwiseKernel pointwise) =>
    [
        new(
            "F32Pointwise",
            static shape => shape is { IsPointwise: true, IsInputPlanar: false, Pixels: null },
            (shape, weights, bias) => new PointwiseLayer(pointwise, shape, weights, bias)),
        new(
            "F32Im2col",
            static shape => shape is { IsInputPlanar: false, Pixels: null },
            (shape, weights, bias) => new Im2colLayer(pointwise, shape, weights, bias)),
    ];

    // Bytes become floats, which the first row reads that accepts them.
    private static ConvolutionRow[] WithPixels(PixelKernel pixels, ConvolutionRow[] floats) =>
    [
        .. floats,
        new(
            "U8Pixels",
            static shape => shape.Pixels is not null,
            (shape, weights, bias) => PixelLayer.Create(shape, pixels, floats, weights, bias)),
    ];

    /// <summary>All kernels of one instruction set.</summary>
    private sealed record KernelFamily
    {
        public required KernelSet Set { get; init; }

        public required PointwiseKernel Pointwise { get; init; }

        public required ElementwiseKernel Elementwise { get; init; }

        public required PoolingKernel Pooling { get; init; }

        public required ChannelStatisticsKernel ChannelStatistics { get; init; }

        public required ChannelSumsKernel ChannelSums { get; init; }

        public required PixelKernel Pixels { get; init; }

        public required ResizeKernel Resize { get; init; }

        public required ColorKernel Colors { get; init; }

        public required ConvolutionRow[] Convolutions { get; init; }
    }
}

/// <summary>One way to compute a convolution.</summary>
public sealed class ConvolutionRow
{
    private readonly Acceptance _accepts;
    private readonly Maker _make;

    internal ConvolutionRow(string name, Acceptance accepts, Maker make)
    {
        Name = name;
        _accepts = accepts;
        _make = make;
    }

    internal delegate bool Acceptance(ConvolutionShape shape);

    internal delegate ConvolutionLayer Maker(
        ConvolutionShape shape, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias);

    /// <summary>First words of the kernel's name, without the instruction set.</summary>
    public string Name { get; }

    /// <summary>Whether it computes convolutions of this shape.</summary>
    public bool Accepts(ConvolutionShape shape) => _accepts(shape);

    /// <summary>
    /// Packs the weights; see <see cref="ConvolutionLayer.Create"/>, which also checks them.
    /// </summary>
    public ConvolutionLayer Create(
        ConvolutionShape shape, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias) =>
        _make(shape, weights, bias);
}
