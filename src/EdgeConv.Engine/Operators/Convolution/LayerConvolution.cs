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
    private readonly ConvolutionLayer _layer;
    private readonly ReducingLayer? _reducing;
    private readonly Activation _activation;
    private readonly WorkerPool? _pool;
    private readonly long _layerBytes;
    private readonly long _shareBytes;
    private readonly int _batch;
    private ConvolutionBuffers _buffers;

    /// <summary>Takes over the layer of a convolution.</summary>
    public LayerConvolution(Convolution convolution, ConvolutionLayer layer, WorkerPool? pool)
    {
        ConvolutionGeometry geometry = convolution.Geometry;
        if (convolution.HasScale && !layer.AcceptsScales)
            throw new ArgumentException($"{layer.KernelName} takes no scale", nameof(layer));
        _batch = geometry.Batch;
        _activation = convolution.Activation;
        _layer = layer;
        long scratch = convolution.HasScale ? _layer.ScaledScratchBytes : _layer.ScratchBytes;
        _layerBytes = (scratch + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment;
        _reducing = convolution.Statistics.IsEmpty ? null : new ReducingLayer(layer, convolution.Statistics);
        _shareBytes = _layerBytes + (_reducing?.SumsBytes ?? 0);
        _pool = pool is not null && WorkerPool.IsWorthAFork(_layer.MultiplyAdds, pool.Shares) ? pool : null;
    }

    /// <inheritdoc/>
    public override string Name => _layer.KernelName;

    /// <inheritdoc/>
    public override long ScratchBytes => _shareBytes * (_pool?.Shares ?? 1);

    /// <inheritdoc/>
    public override void Run(in ConvolutionBuffers buffers)
    {
        _buffers = buffers;
        if (_pool is null)
            RunShare(0, 1);
        else
            _pool.Run(this);
        _reducing?.Reduce(
            buffers.Scratch + _layerBytes, _shareBytes, _pool?.Shares ?? 1, buffers.Before, buffers.After);
    }

    /// <inheritdoc/>
    public void RunShare(int share, int shares)
    {
        long inputChannels = _layer.Shape.InputChannels;
        long inputLength = inputChannels * _layer.Shape.InputPixels;
        long outputStride = _buffers.OutputStride == 0 ? _layer.Shape.OutputChannels : _buffers.OutputStride;
        long outputLength = outputStride * _layer.Shape.OutputPixels;
        for (int n = 0; n < _batch; n++)
        {
            ConvolutionArguments image = new()
            {
                Input = _buffers.Input is null ? null : _buffers.Input + (n * inputLength),
                Pixels = _buffers.Pixels is null ? null : _buffers.Pixels + (n * inputLength),
                InputStride = inputChannels,
                Output = _buffers.Output + (n * outputLength),
                OutputStride = outputStride,
                Residual = _buffers.Residual is null ? null : _buffers.Residual + (n * outputLength),
                Scales = _buffers.Scales is null ? null : _buffers.Scales + (n * inputChannels),
                Scratch = _buffers.Scratch + (share * _shareBytes),
                Activation = _activation,
                RowEnd = _layer.Shape.OutputHeight,
                Share = share,
                Shares = shares,
            };
            if (_reducing is null)
                _layer.Run(image);
            else
                _reducing.Run(image, image.Scratch + _layerBytes);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _layer.Dispose();
        base.Dispose();
    }
}
