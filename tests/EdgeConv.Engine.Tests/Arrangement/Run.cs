using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

/// <summary>One operator on its own: node made by hand, inferred, prepared and run.</summary>
internal static unsafe class Run
{
    public const int LatestOpset = 17;

    public static Tensor One(
        string name, Tensor?[] inputs, params (string Name, object Value)[] attributes) =>
        Many(name, LatestOpset, 1, inputs, attributes)[0];

    public static Tensor One(
        string name, int opset, Tensor?[] inputs, params (string Name, object Value)[] attributes) =>
        Many(name, opset, 1, inputs, attributes)[0];

    public static Tensor[] Many(
        string name,
        int opset,
        int outputs,
        Tensor?[] inputs,
        params (string Name, object Value)[] attributes)
    {
        Operator made = Make(name, opset, outputs, inputs, attributes);
        TensorType[] types = made.Infer(new InferenceContext(made.Node));
        Assert.Equal(outputs, types.Length);
        Tensor[] results = [.. types.Select(type => new Tensor(type.Type, type.Shape))];
        foreach (Tensor result in results)
            result.AsBytes().Fill(0xCD);
        Execute(made, inputs, results);
        return results;
    }

    public static void Execute(Operator made, Tensor?[] inputs, Tensor[] results)
    {
        PrepareContext prepare = new(made.Node, 1);
        made.Prepare(prepare);
        using Tensor scratch = new(DataType.UInt8, new Shape((int)prepare.ScratchBytes));
        made.Scratch = scratch.Data;
        made.Run(inputs, results);
    }

    /// <summary>
    /// Runs an operator that knows one input when it is prepared, and gets null for it if it released it.
    /// </summary>
    public static Tensor WithConstant(
        string name, int constant, Tensor?[] inputs, params (string Name, object Value)[] attributes)
    {
        Operator made = Make(name, LatestOpset, 1, inputs, attributes);
        made.Node.Inputs[constant]!.Constant = inputs[constant];
        TensorType type = made.Infer(new InferenceContext(made.Node))[0];
        Tensor result = new(type.Type, type.Shape);
        result.AsBytes().Fill(0xCD);
        PrepareContext prepare = new(made.Node, 1);
        made.Prepare(prepare);
        Tensor?[] left = [.. inputs.Select((input, i) => prepare.Released.Contains(i) ? null : input)];
        made.Run(left, new[] { result });
        foreach (IDisposable resource in prepare.Owned)
            resource.Dispose();
        return result;
    }

    /// <summary>Makes the operator; inputs whose content it needs, and none else, are constants.</summary>
    public static Operator Make(
        string name,
        int opset,
        int outputs,
        Tensor?[] inputs,
        params (string Name, object Value)[] attributes)
    {
        Value?[] values = [.. inputs.Select((tensor, i) => tensor is null
            ? null
            : new Value($"x{i}") { Type = tensor.Type, Shape = tensor.Shape })];
        Value[] produced = [.. Enumerable.Range(0, outputs).Select(i => new Value($"y{i}"))];
        NodeAttributes all = new("test.onnx", attributes.ToDictionary(pair => pair.Name, pair => pair.Value));
        Node node = new("n", name, opset, values, produced, all);
        Operator made = OperatorTable.Create(node);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (values[i] is { } value && made.NeedsValue(i))
                value.Constant = inputs[i];
        }

        return made;
    }

    public static ModelError Refused(
        string name, int opset, Tensor?[] inputs, params (string Name, object Value)[] attributes)
    {
        ModelError error = Assert.Throws<ModelError>(() => Many(name, opset, 1, inputs, attributes));
        Assert.Contains("node 'n'", error.Message, StringComparison.Ordinal);
        return error;
    }

    public static Tensor Ints(params long[] values) => Tensor.From<long>(new Shape(values.Length), values);

    public static Tensor Floats(int[] shape, params float[] values) =>
        Tensor.From<float>(new Shape(shape), values);

    /// <summary>
    /// 0, 1, 2, … in a tensor of any type, so that every element is told apart from its neighbours.
    /// </summary>
    public static Tensor Counting(DataType type, params int[] shape)
    {
        Tensor tensor = new(type, new Shape(shape));
        int size = DataTypes.SizeOf(type);
        for (int i = 0; i < tensor.Length; i++)
        {
            if (type == DataType.Float32)
                tensor.AsSpan<float>()[i] = i;
            else if (type == DataType.Float64)
                tensor.AsSpan<double>()[i] = i;
            else
                tensor.AsBytes()[i * size] = (byte)(i % 127);
        }

        return tensor;
    }

    public static Tensor Random(int seed, params int[] shape)
    {
        Random random = new(seed);
        Tensor tensor = new(DataType.Float32, new Shape(shape));
        foreach (ref float value in tensor.AsSpan<float>())
            value = (float)((random.NextDouble() * 2) - 1);
        return tensor;
    }

    public static Tensor RandomBytes(int seed, DataType type, params int[] shape)
    {
        Tensor tensor = new(type, new Shape(shape));
        new Random(seed).NextBytes(tensor.AsBytes());
        return tensor;
    }

    public static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(expected.AsBytes().SequenceEqual(actual.AsBytes()), $"{expected.Shape} contents differ");
    }

    public static void AssertNear(Tensor expected, Tensor actual, float tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Span<float> left = expected.AsSpan<float>();
        Span<float> right = actual.AsSpan<float>();
        for (int i = 0; i < left.Length; i++)
            Assert.True(MathF.Abs(left[i] - right[i]) <= tolerance,
                $"element {i}: {left[i]} expected, {right[i]} found");
    }
}
