using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Arithmetic;

/// <summary>
/// Runs one operator the way the engine does. Each run also holds it to what every operator promises: it
/// writes all of its outputs, computes the same where an output lies over an input, and allocates nothing.
/// </summary>
internal sealed unsafe class OperatorRun
{
    private const byte Poison = 0xCD;

    private readonly Node _node;
    private readonly Operator _operator;
    private readonly TensorType[] _types;
    private readonly Tensor?[] _inputs;

    private OperatorRun(string name, OperatorCase given, Tensor?[] inputs)
    {
        _inputs = inputs;
        Value?[] values = [.. inputs.Select(MakeValue)];
        Value?[] outputs = [.. Enumerable.Range(0, given.Outputs).Select(i => new Value($"y{i}"))];
        NodeAttributes attributes = new("m.onnx", given.Attributes);
        _node = new Node("n", name, given.Opset, values, outputs, attributes);
        _operator = OperatorTable.Create(_node);
        BindDecidingInputs();
        _types = _operator.Infer(new InferenceContext(_node));
        Assert.Equal(given.Outputs, _types.Length);
        _operator.Prepare(new PrepareContext(_node, threads: 1));
    }

    /// <summary>The first output of an operator without attributes, of the newest opset.</summary>
    public static Tensor One(string name, params Tensor?[] inputs) => One(name, new OperatorCase(), inputs);

    /// <summary>The first output.</summary>
    public static Tensor One(string name, OperatorCase given, params Tensor?[] inputs) =>
        All(name, given, inputs)[0];

    /// <summary>All outputs.</summary>
    public static Tensor[] All(string name, OperatorCase given, params Tensor?[] inputs)
    {
        OperatorRun run = new(name, given, inputs);
        Tensor[] outputs = run.Run();
        run.CheckOverwriting(outputs);
        GC.KeepAlive(inputs);
        return outputs;
    }

    /// <summary>The first output where something changes between inference and run.</summary>
    public static Tensor AfterInference(
        string name, OperatorCase given, Action change, params Tensor?[] inputs)
    {
        OperatorRun run = new(name, given, inputs);
        change();
        Tensor[] outputs = run.Run();
        GC.KeepAlive(inputs);
        return outputs[0];
    }

    /// <summary>The error that making, inferring or running the operator ends in.</summary>
    public static ModelError Refusal(string name, OperatorCase given, params Tensor?[] inputs)
    {
        ModelError error = Assert.Throws<ModelError>(() => All(name, given, inputs));
        Assert.Contains($"node 'n' ({name})", error.Message, StringComparison.Ordinal);
        return error;
    }

    private Tensor[] Run()
    {
        Tensor[] outputs = [.. _types.Select(type => new Tensor(type.Type, type.Shape))];
        foreach (Tensor output in outputs)
            output.AsBytes().Fill(Poison);
        Assert.Equal(0, Allocation.Least(() => _operator.Run(_inputs, outputs)));
        return outputs;
    }

    private void CheckOverwriting(Tensor[] outputs)
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            bool fits = _inputs[i] is { } x && x.Type == outputs[0].Type && x.Shape.Equals(outputs[0].Shape);
            if (!fits || !_operator.CanOverwrite(i))
                continue;
            using Tensor memory = Copy(_inputs[i]!);
            Tensor?[] inputs = [.. _inputs];
            inputs[i] = new Tensor(memory.Type, memory.Shape, memory.Data);
            Tensor output = new(memory.Type, memory.Shape, memory.Data);
            _operator.Run(inputs, [output, .. outputs.Skip(1)]);
            Assert.Equal(outputs[0].AsBytes().ToArray(), output.AsBytes().ToArray());
        }
    }

    private void BindDecidingInputs()
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (_operator.NeedsValue(i) && _node.Inputs[i] is { } value)
                value.Constant = _inputs[i];
        }
    }

    private static Value? MakeValue(Tensor? tensor, int index) => tensor is null
        ? null
        : new Value($"x{index}") { Type = tensor.Type, Shape = tensor.Shape };

    private static Tensor Copy(Tensor tensor)
    {
        Tensor copy = new(tensor.Type, tensor.Shape);
        tensor.AsBytes().CopyTo(copy.AsBytes());
        GC.KeepAlive(tensor);
        return copy;
    }
}

/// <summary>How a node is written.</summary>
internal sealed record OperatorCase(int Opset = 17, int Outputs = 1)
{
    public Dictionary<string, object> Attributes { get; } = [];

    /// <summary>The same with one more attribute.</summary>
    public OperatorCase With(string name, object value)
    {
        OperatorCase made = new(Opset, Outputs);
        foreach ((string key, object known) in Attributes)
            made.Attributes[key] = known;
        made.Attributes[name] = value;
        return made;
    }
}

/// <summary>Short ways to make and read tensors.</summary>
internal static class Tensors
{
    public static Tensor Vector<T>(params ReadOnlySpan<T> values) where T : unmanaged =>
        Tensor.From(new Shape(values.Length), values);

    public static Tensor Scalar<T>(T value) where T : unmanaged => Tensor.From(Shape.Scalar, value);

    /// <summary>A copy of the elements, taken before the tensor, unreachable from here, may be freed.</summary>
    public static T[] Values<T>(this Tensor tensor) where T : unmanaged
    {
        T[] values = tensor.AsSpan<T>().ToArray();
        GC.KeepAlive(tensor);
        return values;
    }

    /// <summary>Floats in [low, high) from a seed.</summary>
    public static Tensor Random(Shape shape, int seed, double low = -3, double high = 3)
    {
        Random random = new(seed);
        Tensor tensor = new(DataType.Float32, shape);
        foreach (ref float value in tensor.AsSpan<float>())
            value = (float)(low + (high - low) * random.NextDouble());
        return tensor;
    }

    public static void AssertClose(
        ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double relative = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = relative * Math.Max(1, Math.Abs(expected[i]));
            bool same = expected[i].Equals(actual[i]) || Math.Abs((double)expected[i] - actual[i]) <= allowed;
            Assert.True(same, $"element {i}: {actual[i]:R}, expected {expected[i]:R}");
        }
    }
}
