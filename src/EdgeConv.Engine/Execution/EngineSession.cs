using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Execution;

/// <summary>A model run by our own kernels: the steps of its plan over one arena.</summary>
internal sealed class EngineSession : ISession
{
    private readonly CompiledModel _model;
    private readonly SessionMemory _memory;
    private readonly Step[] _steps;
    private readonly Tensor[] _inputs;
    private readonly Tensor[] _outputs;
    private bool _isDisposed;

    /// <summary>Allocates the memory of <paramref name="model"/> and takes it over.</summary>
    /// <param name="model">The model.</param>
    /// <param name="arena">Where activations live; null for a block of their own.</param>
    public EngineSession(CompiledModel model, Arena? arena = null)
    {
        _model = model;
        _memory = new SessionMemory(model, arena);
        ModelGraph graph = model.Graph;
        Value[] inputs = [.. model.FreeInputs];
        List<Step> copies = [];
        _inputs = [.. inputs.Select(_memory.InputOf)];
        _outputs = [.. graph.Outputs.Select(output => _memory.OutputOf(output, copies))];
        _steps = [.. _memory.MakeSteps(), .. copies];
        Inputs = [.. graph.Inputs.Where(input => !input.Value.IsConstant).Select(InfoOf)];
        Outputs = [.. Enumerable.Range(0, model.OwnOutputs).Select(
            i => new TensorInfo(graph.OutputNames[i], _outputs[i].Type, _outputs[i].Shape))];
        MultiplyAdds = graph.Nodes.Sum(node => node.Operator!.MultiplyAdds);
        MovedBytes = Nodes.Sum(node => node.Inputs.Concat(node.Outputs).OfType<Value>().Sum(BytesOf));
    }

    /// <inheritdoc/>
    public ModelIdentity Model => _model.Identity;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _model.Metadata;

    /// <inheritdoc/>
    public string Backend => EngineSessionFactory.BackendName;

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TapInfo> Taps => _model.Taps;

    /// <inheritdoc/>
    public IReadOnlyList<MapInfo> Maps => _model.Maps;

    /// <inheritdoc/>
    public long MultiplyAdds { get; }

    /// <inheritdoc/>
    public long MovedBytes { get; }

    /// <summary>The nodes whose steps run, in their order; copies of outputs may follow.</summary>
    public IReadOnlyList<Node> Nodes =>
        [.. _model.Graph.Nodes.Where((_, i) => !_model.Plan.IsElided[i])];

    /// <summary>Bytes of the arena that it needs.</summary>
    public long ArenaBytes => _model.Plan.Layout.Bytes;

    private static long BytesOf(Value value) => value is { Type: { } type, Shape: { } shape }
        ? shape.ElementCount * DataTypes.SizeOf(type)
        : 0;

    // Bytes where the model has floats are pixels.
    private TensorInfo InfoOf(GraphInput input) =>
        new(input.Value.Name, input.Value.Type!.Value, input.Value.Shape!)
        {
            Pixels = input.Value.Type == input.Type ? null : _model.Pixels,
        };

    /// <inheritdoc/>
    public Tensor GetInput(int index) => _inputs[index];

    /// <inheritdoc/>
    public Tensor GetOutput(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Outputs.Count);
        return _outputs[index];
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> GetTap(int index) => _outputs[Outputs.Count + index].AsSpan<float>();

    /// <inheritdoc/>
    public ReadOnlySpan<float> GetMap(int index) =>
        _outputs[Outputs.Count + Taps.Count + index].AsSpan<float>();

    /// <inheritdoc/>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        foreach (Step step in _steps)
            step.Run();
    }

    /// <summary>Runs, and notes the ticks that step i took in <c>ticks[i][run]</c>.</summary>
    public void RunTimed(long[][] ticks, int run)
    {
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < _steps.Length; i++)
        {
            _steps[i].Run();
            long ended = Stopwatch.GetTimestamp();
            if (i < ticks.Length)
                ticks[i][run] = ended - started;
            started = ended;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _memory.Dispose();
        _model.Dispose();
    }
}
