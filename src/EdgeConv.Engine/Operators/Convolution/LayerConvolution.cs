using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// A one- or two-dimensional convolution with constant weights and channels last by a packed layer of
/// <see cref="KernelTable"/>, image after image, each cut into shares for the session's threads when it is
/// worth a fork.
/// </summary>
internal sealed unsafe class LayerConvolution : ConvolutionKernel, ISharedWork
{
    private const int MostPlanes = 4;

    private readonly ConvolutionLayer _layer;
    private readonly Activation _activation;
    private readonly WorkerPool? _pool;
    private readonly long _shareBytes;
    private readonly int _batch;
    private ConvolutionBuffers _buffers;

    /// <summary>Packs weights and bias.</summary>
    public LayerConvolution(
        Convolution convolution, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, WorkerPool? pool)
    {
        ConvolutionGeometry geometry = convolution.Geometry;
        _batch = geometry.Batch;
        _activation = convolution.Activation;
        ConvolutionShape shape = ShapeOf(geometry) with { IsInputPlanar = convolution.IsInputPlanar };
        _layer = ConvolutionLayer.Create(shape, weights, bias);
        _shareBytes = (_layer.ScratchBytes + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment;
        _pool = pool is not null && WorkerPool.IsWorthAFork(_layer.MultiplyAdds, pool.Shares) ? pool : null;
    }

    /// <inheritdoc/>
    public override string Name => _layer.KernelName;

    /// <inheritdoc/>
    public override long ScratchBytes => _shareBytes * (_pool?.Shares ?? 1);

    /// <summary>Whether a layer computes a convolution: it has one or two axes and is not empty.</summary>
    public static bool Accepts(ConvolutionGeometry geometry) =>
        geometry.Axes.Count is 1 or 2
        && geometry is { OutputPositions: > 0, InputPositions: > 0, InputChannels: > 0 };

    /// <summary>
    /// Whether a layer had better read planes as they are than have their axes permuted before: pictures.
    /// </summary>
    public static bool WantsPlanes(ConvolutionGeometry geometry) =>
        geometry is { Groups: 1, InputChannels: <= MostPlanes, Axes: [{ Kernel: > 1 }, _] };

    /// <inheritdoc/>
    public override void Run(in ConvolutionBuffers buffers)
    {
        _buffers = buffers;
        if (_pool is null)
            RunShare(0, 1);
        else
            _pool.Run(this);
    }

    /// <inheritdoc/>
    public void RunShare(int share, int shares)
    {
        long inputLength = (long)_layer.Shape.InputChannels * _layer.Shape.InputPixels;
        long outputLength = (long)_layer.Shape.OutputChannels * _layer.Shape.OutputPixels;
        for (int n = 0; n < _batch; n++)
        {
            _layer.Run(new ConvolutionArguments
            {
                Input = _buffers.Input + (n * inputLength),
                InputStride = _layer.Shape.InputChannels,
                Output = _buffers.Output + (n * outputLength),
                OutputStride = _layer.Shape.OutputChannels,
                Residual = _buffers.Residual is null ? null : _buffers.Residual + (n * outputLength),
                Scratch = _buffers.Scratch + (share * _shareBytes),
                Activation = _activation,
                Share = share,
                Shares = shares,
            });
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _layer.Dispose();
        base.Dispose();
    }

    // One axis is a height of 1, and so is a second one that has a single element: rows are what kernels are
    // fast on.
    private static ConvolutionShape ShapeOf(ConvolutionGeometry geometry)
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
