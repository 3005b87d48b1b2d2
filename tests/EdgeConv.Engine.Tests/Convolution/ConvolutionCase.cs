using CsCheck;
using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing.Reference;

namespace EdgeConv.Engine.Tests.Convolution;

/// <summary>One convolution with its data, run as a model by the engine and by the definition.</summary>
internal sealed record ConvolutionCase
{
    public required int Groups { get; init; }

    public required int GroupInputs { get; init; }

    public required int GroupOutputs { get; init; }

    public required int[] Input { get; init; }

    public required int[] Kernel { get; init; }

    public int Batch { get; init; } = 1;

    public int Stride { get; init; } = 1;

    public int Dilation { get; init; } = 1;

    public int Pad { get; init; }

    public int Seed { get; init; }

    public bool HasBias { get; init; }

    public static Gen<ConvolutionCase> Any { get; } =
        from rank in Gen.Int[1, 3]
        from groups in Gen.Int[1, 5]
        from groupInputs in Gen.Int[1, 5]
        from groupOutputs in Gen.Int[1, 9]
        from input in Gen.Int[5, 11].Array[rank]
        from kernel in Gen.Int[1, 3].Array[rank]
        from stride in Gen.Int[1, 2]
        from dilation in Gen.Int[1, 2]
        from pad in Gen.Int[0, 2]
        from seed in Gen.Int[0, 100_000]
        select new ConvolutionCase
        {
            Groups = groups,
            GroupInputs = groupInputs,
            GroupOutputs = groupOutputs,
            Input = input,
            Kernel = kernel,
            Batch = 1 + (seed % 2),
            Stride = stride,
            Dilation = dilation,
            Pad = pad,
            Seed = seed,
            HasBias = seed % 3 != 0,
        };

    public long[] InputShape => [Batch, Groups * GroupInputs, .. Input.Select(i => (long)i)];

    public long[] WeightShape => [Groups * GroupOutputs, GroupInputs, .. Kernel.Select(k => (long)k)];

    public float[] Values(string name, long[] shape)
    {
        Random random = new(Seed + name[0]);
        return [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b))
            .Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>The model, with weights and bias as constants or as inputs.</summary>
    public ModelBuilder Model(bool constantWeights)
    {
        ModelBuilder builder = new ModelBuilder().Input("x", InputShape);
        long[] bias = [Groups * GroupOutputs];
        if (constantWeights)
            builder.Constant("w", WeightShape, Values("w", WeightShape))
                .Constant("b", bias, Values("b", bias));
        else
            builder.Input("w", WeightShape).Input("b", bias);
        int rank = Kernel.Length;
        return builder.Node("Conv", HasBias ? "x w b" : "x w", "y",
            ModelBuilder.Int("group", Groups),
            ModelBuilder.Ints("strides", [.. Enumerable.Repeat((long)Stride, rank)]),
            ModelBuilder.Ints("dilations", [.. Enumerable.Repeat((long)Dilation, rank)]),
            ModelBuilder.Ints("pads", [.. Enumerable.Repeat((long)Pad, 2 * rank)])).Output("y");
    }

    /// <summary>The output of a model whose inputs hold the case's values.</summary>
    public float[] Run(ModelBuilder model, int threads = 1)
    {
        using ISession session =
            EngineSessionFactory.Load(model.Read(), new SessionOptions { Threads = threads });
        for (int i = 0; i < session.Inputs.Count; i++)
        {
            TensorInfo input = session.Inputs[i];
            Values(input.Name, [.. input.Shape.Dimensions.ToArray().Select(d => (long)d)])
                .CopyTo(session.GetInput(i).AsSpan<float>());
        }

        session.Run();
        return session.GetOutput(0).AsSpan<float>().ToArray();
    }

    /// <summary>The definition, for two axes.</summary>
    public float[] Reference()
    {
        ReferenceConvolution reference = new()
        {
            Batch = Batch,
            InputChannels = Groups * GroupInputs,
            OutputChannels = Groups * GroupOutputs,
            Groups = Groups,
            Input = (Input[0], Input[1]),
            Kernel = (Kernel[0], Kernel[1]),
            Stride = (Stride, Stride),
            Dilation = (Dilation, Dilation),
            PadBegin = (Pad, Pad),
            PadEnd = (Pad, Pad),
        };
        float[] bias = HasBias ? Values("b", [Groups * GroupOutputs]) : [];
        return reference.Run(Values("x", InputShape), Values("w", WeightShape), bias);
    }
}
