using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Execution;

/// <summary>The memory of a session: the arena, the inputs, and a tensor for every value.</summary>
internal sealed unsafe class SessionMemory : IDisposable
{
    private readonly CompiledModel _model;
    private readonly Arena? _shared;
    private readonly byte* _arena;
    private readonly Dictionary<Value, Tensor> _tensors = [];
    private readonly List<Tensor> _owned = [];
    private bool _isDisposed;

    /// <summary>Allocates what the plan says.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shared">Where activations live; null for a block of their own.</param>
    public SessionMemory(CompiledModel model, Arena? shared)
    {
        _model = model;
        long bytes = model.Plan.Layout.Bytes;
        _arena = shared is null
            ? Own(new Tensor(DataType.UInt8, new Shape((int)bytes))).Data
            : shared.Enter(bytes);
        _shared = shared;
        foreach (Value input in model.FreeInputs)
            _tensors[input] = Own(new Tensor(input.Type!.Value, input.Shape!));
        foreach (Value value in model.Plan.BlockOf.Keys)
            _tensors[value] = View(value, _arena + model.Plan.OffsetOf(value));
        foreach ((Value value, Value origin) in model.Plan.ViewOf)
            _tensors[value] = View(value, (origin.Constant ?? _tensors[origin]).Data);
    }

    /// <summary>The steps in execution order.</summary>
    public Step[] MakeSteps()
    {
        List<Step> steps = [];
        for (int i = 0; i < _model.Graph.Nodes.Count; i++)
        {
            if (!_model.Plan.IsElided[i])
                steps.Add(MakeStep(_model.Graph.Nodes[i], _model.Plan.ScratchOf[i]));
        }

        return [.. steps];
    }

    /// <summary>The tensor of a graph input.</summary>
    public Tensor InputOf(Value value) => _tensors[value];

    /// <summary>
    /// The tensor of a graph output. Where the output is a graph input, a copy that the step makes.
    /// </summary>
    public Tensor OutputOf(Value value, List<Step> copies)
    {
        if (value.Constant is { } constant)
            return constant;
        Tensor tensor = _tensors[value];
        if (value.Producer is not null)
            return tensor;
        Tensor copy = Own(new Tensor(tensor.Type, tensor.Shape));
        copies.Add(new Step(new CopyOperator(), [tensor], [copy]));
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _owned.ForEach(tensor => tensor.Dispose());
        if (!_isDisposed)
            _shared?.Leave();
        _isDisposed = true;
    }

    private static Tensor View(Value value, byte* data) => new(value.Type!.Value, value.Shape!, data);

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor);
        return tensor;
    }

    private Step MakeStep(Node node, int scratch)
    {
        Tensor?[] inputs = new Tensor?[node.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = node.Inputs[i] switch
            {
                null => null,
                { IsConstant: true } => _model.Constants.ReadBy(node, i),
                Value value => _tensors[value],
            };
        }

        Tensor?[] outputs = [.. node.Outputs.Select(made => made is null ? null : _tensors[made])];
        Operator operation = node.Operator!;
        operation.Scratch = scratch < 0 ? null : _arena + _model.Plan.Layout.Offsets[scratch];
        operation.OutputRowStep = node.Outputs is [{ } output, ..] ? _model.Plan.RowStepOf(output) : 0;
        return new Step(operation, inputs, outputs);
    }
}
