using EdgeConv.Engine.Execution;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// C = A · B + bias with a constant B [depth, columns], packed when the model is loaded: a 1x1 convolution
/// whose pixels are the rows of A. Cut into shares for the session's threads when it is worth a fork.
/// </summary>
internal sealed unsafe class PackedProduct : ISharedWork, IDisposable
{
    private readonly PointwiseKernel _kernel = KernelTable.Pointwise();
    private readonly PackedWeights _packed;
    private readonly WorkerPool? _pool;
    private readonly int _depth;
    private readonly int _columns;
    private PointwiseArguments _whole;

    /// <summary>Packs B.</summary>
    public PackedProduct(in PointwiseWeights matrix, WorkerPool? pool)
    {
        _packed = _kernel.Pack(matrix);
        _pool = pool;
        (_depth, _columns) = (matrix.InputChannels, matrix.OutputChannels);
    }

    /// <summary>Name of the kernel.</summary>
    public string KernelName => _kernel.Name;

    /// <summary>Multiplies dense matrices: C [rows, columns], which does not overlap A [rows, depth].</summary>
    public void Run(float* a, float* c, int rows)
    {
        _whole = new PointwiseArguments
        {
            Packed = _packed.Data,
            InputChannels = _depth,
            Input = a,
            InputStride = _depth,
            Output = c,
            OutputStride = _columns,
            Pixels = rows,
            ChannelEnd = _columns,
        };
        if (_pool is not null && WorkerPool.IsWorthAFork((long)rows * _depth * _columns, _pool.Shares))
            _pool.Run(this);
        else
            RunShare(0, 1);
    }

    /// <inheritdoc/>
    public void RunShare(int share, int shares) => _kernel.RunShare(_whole, share, shares);

    /// <inheritdoc/>
    public void Dispose() => _packed.Dispose();
}
