using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// An operator that passes over memory once and can be cut into shares for the session's threads: each goes on
/// with what it has in its own core's cache from the step before.
/// </summary>
internal abstract class SharedOperator(Node node) : Operator(node), ISharedWork
{
    private Tensor?[] _inputs = [];
    private Tensor?[] _outputs = [];
    private WorkerPool? _pool;

    /// <inheritdoc/>
    public override void Prepare(PrepareContext context)
    {
        base.Prepare(context);
        long elements = Node.Inputs[0]!.Shape!.ElementCount;
        if (context.Pool is not { } pool || !WorkerPool.IsWorthAForkOver(elements, pool.Shares))
            return;
        _pool = pool;
        _inputs = new Tensor?[Node.Inputs.Length];
        _outputs = new Tensor?[Node.Outputs.Length];
    }

    /// <inheritdoc/>
    public sealed override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (_pool is null)
        {
            Run(inputs, outputs, Share.All);
            return;
        }

        inputs.CopyTo(_inputs);
        outputs.CopyTo(_outputs);
        _pool.Run(this);
    }

    /// <inheritdoc/>
    public void RunShare(int share, int shares) => Run(_inputs, _outputs, new Share(share, shares));

    /// <summary>Computes a part of the outputs, as <see cref="Operator.Run"/> does all.</summary>
    protected abstract void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs, Share part);
}
