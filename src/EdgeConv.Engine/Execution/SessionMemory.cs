using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Execution;

/// <summary>The memory of a session: the arena, the inputs, and a tensor for every value.</summary>
internal sealed unsafe class SessionMemory : IDisposable
{
    private readonly CompiledModel _model;
    private readonly Tensor _arena;
    private readonly Dictionary<Value, Tensor> _tensors = [];
    private readonly List<Tensor> _owned = [];

    /// <summary>Allocates what the plan says.</summary>
    public SessionMemory(CompiledModel model)
    {
        _model = model;
        _arena = new Tensor(DataType.UInt8, new Shape((int)model.Plan.Layout.Bytes));
        foreach (Value input in model.FreeInputs)
            _tensors[input] = Own(new Tensor(input.Type!.Value, input.Shape!));
        foreach (Value value in model.Plan.BlockOf.Keys)
            _tensors[value] = View(value, _arena.Data + model.Plan.OffsetOf(value));
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
        _arena.Dispose();
        _owned.ForEach(tensor => tensor.Dispose());
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
        operation.Scratch = scratch < 0 ? null : _arena.Data + _model.Plan.Layout.Offsets[scratch];
        operation.OutputRowStep = node.Outputs is [{ } output, ..] ? _model.Plan.RowStepOf(output) : 0;
        return new Step(operation, inputs, outputs);
    }
}
