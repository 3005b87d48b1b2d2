using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Planning;

namespace EdgeConv.Engine.Execution;

/// <summary>A model with operators prepared and memory planned, but none of it allocated.</summary>
internal sealed class CompiledModel : IDisposable
{
    /// <summary>Which file it was.</summary>
    public required ModelIdentity Identity { get; init; }

    /// <summary>Notes in the file, by key.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The rewritten graph; its last outputs are those of taps and maps.</summary>
    public required ModelGraph Graph { get; init; }

    /// <summary>The taps in the order they were asked for.</summary>
    public required IReadOnlyList<TapInfo> Taps { get; init; }

    /// <summary>The maps in the order they were asked for.</summary>
    public required IReadOnlyList<MapInfo> Maps { get; init; }

    /// <summary>Outputs of the model itself; statistics of taps follow, then maps.</summary>
    public int OwnOutputs => Graph.Outputs.Length - Taps.Count - Maps.Count;

    /// <summary>What is done to an input of bytes where the model has floats.</summary>
    public PixelInput? Pixels { get; init; }

    /// <summary>Where values lie.</summary>
    public required MemoryPlan Plan { get; init; }

    /// <summary>What passes changed.</summary>
    public required IReadOnlyList<Rewrite> Rewrites { get; init; }

    /// <summary>Depthwise-separable blocks, and how they run.</summary>
    public required IReadOnlyList<StreamedBlock> Blocks { get; init; }

    /// <summary>Constants of the graph.</summary>
    public required ConstantStore Constants { get; init; }

    /// <summary>What operators handed over: packed weights.</summary>
    public required IReadOnlyList<IDisposable> Owned { get; init; }

    /// <summary>Graph inputs that are not bound to a value.</summary>
    public IEnumerable<Value> FreeInputs => Graph.Inputs.Select(i => i.Value).Where(v => !v.IsConstant);

    /// <inheritdoc/>
    public void Dispose()
    {
        Constants.Dispose();
        foreach (IDisposable resource in Owned)
            resource.Dispose();
    }
}
