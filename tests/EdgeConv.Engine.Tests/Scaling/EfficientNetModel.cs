using System.Globalization;
using System.Text.RegularExpressions;
using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Tests.Onnx;

namespace EdgeConv.Engine.Tests.Scaling;

/// <summary>
/// EfficientNet-B0 (Tan and Le, 2019, table 1) with normalisation folded into biases, as exporters write it. Weights
/// are 0.
/// </summary>
internal sealed partial class EfficientNetModel
{
    // The block strings of the reference code.
    private static readonly string[] Stages =
    [
        "r1_k3_s11_e1_i32_o16", "r2_k3_s22_e6_i16_o24", "r2_k5_s22_e6_i24_o40", "r3_k3_s22_e6_i40_o80",
        "r3_k5_s11_e6_i80_o112", "r4_k5_s22_e6_i112_o192", "r1_k3_s11_e6_i192_o320",
    ];

    private readonly ModelBuilder _builder = new ModelBuilder().Input("x", 1, 3, 224, 224);
    private int _count;

    public static ModelBuilder B0() => new EfficientNetModel().Build();

    private ModelBuilder Build()
    {
        string value = Swish(Convolve("x", (3, 32), 3, 2));
        foreach (string stage in Stages)
        {
            int[] numbers = [.. Number().Matches(stage).Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture))];
            (int repeats, int kernel, int stride, int expand) = (numbers[0], numbers[1], numbers[2] % 10, numbers[3]);
            (int inputs, int outputs) = (numbers[4], numbers[5]);
            for (int i = 0; i < repeats; i++)
                value = Block(value, (i == 0 ? inputs : outputs, outputs), kernel, i == 0 ? stride : 1, expand);
        }

        value = Swish(Convolve(value, (320, 1280), 1, 1));
        return _builder.Node("GlobalAveragePool", value, "pooled").Node("Flatten", "pooled", "flat")
            .Constant("wl", [1000, 1280], new float[1280000]).Constant("bl", new float[1000])
            .Node("Gemm", "flat wl bl", "y", ModelBuilder.Int("transB", 1)).Output("y");
    }

    private string Block(string from, (int In, int Out) channels, int kernel, int stride, int expand)
    {
        int hidden = channels.In * expand;
        string value = expand == 1 ? from : Swish(Convolve(from, (channels.In, hidden), 1, 1));
        value = Swish(Convolve(value, (hidden, hidden), kernel, stride, hidden));
        value = Convolve(Gate(value, hidden, channels.In / 4), (hidden, channels.Out), 1, 1);
        if (stride != 1 || channels.In != channels.Out)
            return value;
        _builder.Node("Add", $"{value} {from}", $"sum{++_count}");
        return $"sum{_count}";
    }

    private string Gate(string from, int hidden, int squeezed)
    {
        string pool = $"gate{++_count}";
        _builder.Node("GlobalAveragePool", from, pool);
        string expanded = Convolve(Swish(Convolve(pool, (hidden, squeezed), 1, 1)), (squeezed, hidden), 1, 1);
        _builder.Node("Sigmoid", expanded, $"{pool}.s").Node("Mul", $"{pool}.s {from}", $"{pool}.y");
        return $"{pool}.y";
    }

    private string Convolve(string from, (int In, int Out) channels, int kernel, int stride, int groups = 1)
    {
        string name = $"c{++_count}";
        long[] shape = [channels.Out, channels.In / groups, kernel, kernel];
        int pad = kernel / 2;
        AttributeProto[] attributes =
        [
            ModelBuilder.Int("group", groups), ModelBuilder.Ints("strides", stride, stride),
            ModelBuilder.Ints("pads", pad, pad, pad, pad),
        ];
        _builder.Constant($"{name}.w", shape, new float[shape.Aggregate(1L, (a, b) => a * b)])
            .Constant($"{name}.b", new float[channels.Out]).Node("Conv", $"{from} {name}.w {name}.b", name, attributes);
        return name;
    }

    private string Swish(string from)
    {
        _builder.Node("Sigmoid", from, $"{from}.s").Node("Mul", $"{from} {from}.s", $"{from}.a");
        return $"{from}.a";
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
