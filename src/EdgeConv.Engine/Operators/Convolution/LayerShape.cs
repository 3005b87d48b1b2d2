using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Engine.Operators;

/// <summary>The extents of a convolution as kernels take them.</summary>
internal static class LayerShape
{
    private const int MostPlanes = 4;

    /// <summary>Whether a layer computes a convolution: it has one or two axes and is not empty.</summary>
    public static bool Exists(ConvolutionGeometry geometry) =>
        geometry.Axes.Count is 1 or 2
        && geometry is { OutputPositions: > 0, InputPositions: > 0, InputChannels: > 0 };

    /// <summary>
    /// Whether a layer had better read planes as they are than have their axes permuted before: pictures.
    /// </summary>
    public static bool WantsPlanes(ConvolutionGeometry geometry) =>
        geometry is { Groups: 1, InputChannels: <= MostPlanes, Axes: [{ Kernel: > 1 }, _] };

    /// <summary>The extents of a convolution, as <see cref="Of(ConvolutionGeometry)"/>.</summary>
    public static ConvolutionShape Of(Convolution convolution) =>
        Of(convolution.Geometry) with
        {
            IsInputPlanar = convolution.IsInputPlanar,
            Pixels = convolution.Pixels,
        };

    /// <summary>
    /// The extents. One axis is a height of 1, and so is a second one that has a single element: rows are what
    /// kernels are fast on.
    /// </summary>
    public static ConvolutionShape Of(ConvolutionGeometry geometry)
    {
        bool isColumn = geometry.Axes is [_, { Input: 1, Kernel: 1, PadBegin: 0, Output: 1 }];
        bool isRow = geometry.Axes.Count == 1 || isColumn;
        SpatialAxis y = isRow ? new SpatialAxis(1, 1, 1, 1, 0, 0, 1) : geometry.Axes[0];
        SpatialAxis x = isColumn ? geometry.Axes[0] : geometry.Axes[^1];
        return new ConvolutionShape
        {
            InputChannels = geometry.InputChannels,
            OutputChannels = geometry.OutputChannels,
            Groups = geometry.Groups,
            InputHeight = y.Input,
            InputWidth = x.Input,
            OutputHeight = y.Output,
            OutputWidth = x.Output,
            KernelHeight = y.Kernel,
            KernelWidth = x.Kernel,
            StrideY = y.Stride,
            StrideX = x.Stride,
            DilationY = y.Dilation,
            DilationX = x.Dilation,
            PadTop = y.PadBegin,
            PadLeft = x.PadBegin,
        };
    }
}
