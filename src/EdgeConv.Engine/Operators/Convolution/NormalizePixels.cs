using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Pixels;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y[n,c,h,w] = (x[n,h,w,c] - mean[c]) * scale[c] of bytes x <c>[N,H,W,C]</c>, C being 1 or 3, as
/// <c>[N,C,H,W]</c> or <c>[N,H,W,C]</c>. A convolution that alone reads y takes it in.
/// </summary>
internal sealed unsafe class NormalizePixels(Node node, PixelInput pixels, bool isPlanar)
    : SharedOperator(node)
{
    /// <summary>Its name in listings.</summary>
    public const string Name = "NormalizePixels";

    private PixelKernel? _kernel;
    private PixelRow? _row;

    /// <summary>Mean, scale and order of the bytes.</summary>
    public PixelInput Pixels { get; } = pixels;

    /// <summary>Whether y is <c>[N,C,H,W]</c>.</summary>
    public bool IsPlanar { get; } = isPlanar;

    /// <inheritdoc/>
    public override string? KernelName => _kernel?.Name;

    /// <summary>A node of this operator.</summary>
    public static Node Make(Node origin, Value bytes, Value output, PixelInput pixels, bool isPlanar) =>
        Make(origin.Name, origin.Attributes.ModelName, bytes, output, new Form(pixels, isPlanar));

    /// <summary>A node of this operator.</summary>
    public static Node Make(string name, string modelName, Value bytes, Value output, Form form)
    {
        NodeAttributes none = new(modelName, new Dictionary<string, object>());
        Node node = new(name, Name, opset: 1, [bytes], [output], none);
        node.Operator = new NormalizePixels(node, form.Pixels, form.IsPlanar);
        return node;
    }

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context)
    {
        Shape x = context.ShapeOf(0);
        return [new TensorType(DataType.Float32, IsPlanar ? new Shape(x[0], x[3], x[1], x[2]) : x)];
    }

    /// <inheritdoc/>
    public override void Prepare(PrepareContext context)
    {
        base.Prepare(context);
        _kernel = KernelTable.Pixels();
        _row = new PixelRow(Pixels, Node.Inputs[0]!.Shape![3], IsPlanar);
    }

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs, Share part)
    {
        Shape shape = inputs[0]!.Shape;
        int height = shape[1], width = shape[2], channels = shape[3];
        long plane = (long)height * width;
        byte* x = inputs[0]!.Data;
        float* y = (float*)outputs[0]!.Data;
        (int start, int end) = part.Cut(shape[0] * height, 1);
        for (int row = start; row < end; row++)
        {
            long at = (long)row * width * channels;
            if (IsPlanar)
                at = (row / height * plane * channels) + ((long)(row % height) * width);
            _kernel!.Run(_row!, x + ((long)row * width * channels), width, y + at, plane);
        }
    }

    /// <summary>What is made of the bytes.</summary>
    /// <param name="Pixels">Mean, scale and order.</param>
    /// <param name="IsPlanar">Whether the channels become planes.</param>
    internal readonly record struct Form(PixelInput Pixels, bool IsPlanar);
}
