using EdgeConv.Engine.Tests.Onnx;

namespace EdgeConv.Engine.Tests.Convolution;

/// <summary>Random small graphs of what convolutional networks are made of.</summary>
internal static class RandomModel
{
    private const int Channels = 4;
    private static readonly string[] Activations =
    [
        "Relu", "Clip", "Sigmoid", "HardSwish", "Silu", "HardSwish of HardSigmoid", "HardSwish written out",
        "HardSwish written out with a product", "HardSigmoid", "HardSigmoid with the default slope", "Tanh",
    ];

    /// <summary>A 1x1 convolution of x <c>[1,4,6,5]</c> to c.</summary>
    public static ModelBuilder Convolution(int opset)
    {
        ModelBuilder builder = new ModelBuilder(opset).Input("x", 1, Channels, 6, 5);
        AddConvolution(builder, new Random(7), "x", "c", kernel: 1, groups: 1);
        return builder;
    }

    public static ModelBuilder Make(int seed)
    {
        Random random = new(seed);
        ModelBuilder builder = new ModelBuilder(14).Input("x", 1, Channels, 6, 5);
        List<string> values = ["x"], joined = [];
        for (int i = 0; i < 12; i++)
        {
            string output = $"v{i}";
            string latest = values[Math.Max(random.Next(values.Count), random.Next(values.Count))];
            string other = values[random.Next(values.Count)];
            switch (random.Next(6))
            {
                case 5:
                    joined.Add($"{output}.j");
                    Join(builder, random, [latest, other, .. values.Where(_ => random.Next(4) == 0)], output);
                    break;
                case 0:
                    builder.Node("Add", $"{latest} {other}", output);
                    break;
                case 1 or 2:
                    Activation(builder, Activations[random.Next(Activations.Length)], latest, output);
                    break;
                default:
                    int groups = new[] { 1, 1, 2, 4 }[random.Next(4)];
                    AddConvolution(builder, random, latest, output, random.Next(2) == 0 ? 1 : 3, groups);
                    break;
            }

            values.Add(output);
        }

        foreach (string output in values.Skip(1).SkipLast(1).Concat(joined).Where(_ => random.Next(6) == 0))
            builder.Output(output);
        return builder.Output(values[^1]);
    }

    /// <summary>Adds one of the forms in which models write activations.</summary>
    public static void Activation(ModelBuilder builder, string form, string input, string output)
    {
        switch (form)
        {
            case "Clip":
                builder.Constant($"{output}.a", [], 0).Constant($"{output}.b", [], 6)
                    .Node("Clip", $"{input} {output}.a {output}.b", output);
                break;
            case "Silu":
                builder.Node("Sigmoid", input, $"{output}.s").Node("Mul", $"{input} {output}.s", output);
                break;
            case "HardSwish of HardSigmoid":
                builder.Node("HardSigmoid", input, $"{output}.s", ModelBuilder.Number("alpha", 1 / 6f))
                    .Node("Mul", $"{output}.s {input}", output);
                break;
            case "HardSwish written out" or "HardSwish written out with a product":
                WriteOutHardSwish(
                    builder, input, output, byProduct: form.EndsWith("product", StringComparison.Ordinal));
                break;
            case "HardSigmoid":
                builder.Node("HardSigmoid", input, output, ModelBuilder.Number("alpha", 1 / 6f));
                break;
            case "HardSigmoid with the default slope":
                builder.Node("HardSigmoid", input, $"{output}.s").Node("Mul", $"{input} {output}.s", output);
                break;
            default:
                builder.Node(form, input, output);
                break;
        }
    }

    private static void WriteOutHardSwish(ModelBuilder builder, string input, string output, bool byProduct)
    {
        builder.Constant($"{output}.3", [], 3).Constant($"{output}.0", [], 0).Constant($"{output}.6", [], 6)
            .Constant($"{output}.k", [], byProduct ? 1 / 6f : 6)
            .Node("Add", $"{input} {output}.3", $"{output}.p")
            .Node("Clip", $"{output}.p {output}.0 {output}.6", $"{output}.q")
            .Node("Mul", $"{input} {output}.q", $"{output}.r")
            .Node(byProduct ? "Mul" : "Div", $"{output}.r {output}.k", output);
    }

    // Joins values along the channels, and brings them back to four channels; now and then along the rows.
    private static void Join(ModelBuilder builder, Random random, string[] inputs, string output)
    {
        bool isRows = random.Next(4) == 0;
        builder.Node(
            "Concat", string.Join(' ', inputs), $"{output}.j", ModelBuilder.Int("axis", isRows ? 2 : 1));
        if (isRows)
        {
            builder.Integers($"{output}.shape", 1, Channels * inputs.Length, 6, 5)
                .Node("Reshape", $"{output}.j {output}.shape", $"{output}.r");
        }

        string from = isRows ? $"{output}.r" : $"{output}.j";
        AddConvolution(builder, random, from, output, kernel: 1, groups: 1, Channels * inputs.Length);
    }

    private static void AddConvolution(
        ModelBuilder builder,
        Random random,
        string input,
        string output,
        int kernel,
        int groups,
        int channels = Channels)
    {
        int count = Channels * (channels / groups) * kernel * kernel;
        float[] weights = [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
        builder.Constant($"{output}.w", [Channels, channels / groups, kernel, kernel], weights)
            .Constant($"{output}.bias", 0.5f, -0.5f, 1, -1)
            .Node("Conv", $"{input} {output}.w {output}.bias", output, ModelBuilder.Int("group", groups),
                ModelBuilder.Ints("pads", [.. Enumerable.Repeat((long)kernel / 2, 4)]));
    }
}
