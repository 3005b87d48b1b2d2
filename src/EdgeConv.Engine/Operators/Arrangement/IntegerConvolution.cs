using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Sums of (x - x_zero) · (w - w_zero) over a window: the plain integer convolution that ConvInteger and
/// QLinearConv share. x [N, C, …], w [M, C/group, …], one to three spatial axes; padding counts as x_zero.
/// </summary>
internal sealed unsafe class IntegerConvolution(Node node)
{
    private readonly SpatialAttributes _spatial = new(node);
    private readonly long _group = node.Attributes.GetInt(node, "group", 1);
    private SpatialAxis[] _axes = [];
    private int[] _sums = [];
    private int _channels;
    private int _channelsPerFilter;
    private int _filtersPerGroup;

    /// <summary>Output channels, M.</summary>
    public int Filters { get; private set; }

    /// <summary>Elements of one output channel.</summary>
    public int Plane => _axes[0].Output * _axes[1].Output * _axes[2].Output;

    /// <summary>Batches, N.</summary>
    public int Batches { get; private set; }

    /// <summary>Multiply-adds of one run, padding included.</summary>
    public long MultiplyAdds => _axes.Length == 0 ? 0 : (long)Batches * Filters * Plane * _channelsPerFilter
        * _axes[0].Kernel * _axes[1].Kernel * _axes[2].Kernel;

    /// <summary>Checks the shapes and returns the extents of the output.</summary>
    /// <exception cref="ModelError">They do not fit together.</exception>
    public long[] Plan(Shape x, Shape w)
    {
        if (x.Rank is < 3 or > 5)
            throw ModelError.Unsupported(
                node.Place, $"an input of shape {x} is not supported, 3 to 5 dimensions are");
        if (w.Rank != x.Rank || _group < 1 || x[1] != w[1] * _group || w[0] % _group != 0)
            throw new ModelError(
                node.Place, $"weights {w} do not fit an input of shape {x} in {_group} groups");
        SpatialAxis[] axes = _spatial.Resolve(x.Dimensions[2..], _spatial.KernelOf(w.Dimensions[2..]));
        _axes = [.. Enumerable.Repeat(new SpatialAxis(1, 1, 1, 1, 0, 0, 1), 3 - axes.Length), .. axes];
        (Batches, Filters, _channels, _channelsPerFilter) = (x[0], w[0], x[1], w[1]);
        _filtersPerGroup = Filters / (int)_group;
        long[] extents = [x[0], w[0], .. axes.Select(axis => (long)axis.Output)];
        if (!Shape.TryCreate(extents, out _, out string? problem))
            throw new ModelError(node.Place, $"the output's shape is impossible: {problem}");
        _sums = new int[Math.Max(1, Plane)];
        return extents;
    }

    /// <summary>The sums of one output channel; valid until the next call.</summary>
    public Span<int> Sum(Quantized x, Quantized w, int batch, int filter)
    {
        _sums.AsSpan().Clear();
        int group = filter / _filtersPerGroup;
        long weights =
            (long)filter * _channelsPerFilter * _axes[0].Kernel * _axes[1].Kernel * _axes[2].Kernel;
        fixed (int* sums = _sums)
        {
            for (int c = 0; c < _channelsPerFilter; c++)
            {
                long channel = ((long)batch * _channels) + ((long)group * _channelsPerFilter) + c;
                long plane = channel * _axes[0].Input * _axes[1].Input * _axes[2].Input;
                for (int tap = 0; tap < _axes[0].Kernel * _axes[1].Kernel * _axes[2].Kernel; tap++)
                {
                    int factor = w[weights++, filter];
                    if (factor != 0)
                        AddTap(x, plane, tap, factor, sums);
                }
            }
        }

        return _sums.AsSpan(0, Plane);
    }

    private void AddTap(Quantized x, long plane, int tap, int factor, int* sums)
    {
        (SpatialAxis depth, SpatialAxis height, SpatialAxis width) = (_axes[0], _axes[1], _axes[2]);
        int kw = tap % width.Kernel;
        int kh = tap / width.Kernel % height.Kernel;
        int kd = tap / width.Kernel / height.Kernel;
        (int first, int end) = width.WindowsInside(kw);
        (int depthFirst, int depthEnd) = depth.WindowsInside(kd);
        (int rowFirst, int rowEnd) = height.WindowsInside(kh);
        for (int d = depthFirst; d < depthEnd; d++)
        {
            long slice = plane + ((long)depth.Place(d, kd) * height.Input * width.Input);
            for (int h = rowFirst; h < rowEnd; h++)
            {
                long row = slice + ((long)height.Place(h, kh) * width.Input);
                int* y = sums + (((d * height.Output) + h) * width.Output) + first;
                x.AddScaled(y, factor, row + width.Place(first, kw), width.Stride, end - first);
            }
        }
    }
}

/// <summary>
/// Y = conv(x - x_zero, w - w_zero) in int32: inputs x, w, x_zero, w_zero (one or one a filter).
/// </summary>
internal sealed unsafe class ConvInteger(Node node) : QuantizedOperator(node)
{
    private readonly IntegerConvolution _convolution = new(node);

    /// <inheritdoc/>
    public override long MultiplyAdds => _convolution.MultiplyAdds;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        RequireBytes(context, 0);
        RequireBytes(context, 1);
        Shape shape = ShapeOf(_convolution.Plan(context.ShapeOf(0), context.ShapeOf(1)));
        CheckZero(context, 2, 0, 1);
        CheckZero(context, 3, 1, _convolution.Filters);
        return Outputs(new TensorType(DataType.Int32, shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Quantized x = new(inputs[0]!, At(inputs, 2));
        Quantized w = new(inputs[1]!, At(inputs, 3));
        Span<int> y = outputs[0]!.AsSpan<int>();
        for (int i = 0; i < _convolution.Batches * _convolution.Filters; i++)
        {
            Span<int> sums = _convolution.Sum(x, w, i / _convolution.Filters, i % _convolution.Filters);
            sums.CopyTo(y);
            y = y[sums.Length..];
        }
    }
}

/// <summary>
/// Y = quantize(conv(dequantize(x), dequantize(w)) + bias): inputs x, x_scale, x_zero, w, w_scale, w_zero,
/// y_scale, y_zero, bias (int32 of scale x_scale · w_scale); w's are one or one a filter.
/// </summary>
internal sealed unsafe class QLinearConv(Node node) : QuantizedOperator(node)
{
    private readonly IntegerConvolution _convolution = new(node);

    /// <inheritdoc/>
    public override long MultiplyAdds => _convolution.MultiplyAdds;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        foreach (int operand in (ReadOnlySpan<int>)[0, 3, 7])
            RequireBytes(context, operand);
        Shape shape = ShapeOf(_convolution.Plan(context.ShapeOf(0), context.ShapeOf(3)));
        CheckScale(context, 1, 1);
        CheckZero(context, 2, 0, 1);
        CheckScale(context, 4, _convolution.Filters);
        CheckZero(context, 5, 3, _convolution.Filters);
        CheckScale(context, 6, 1);
        CheckZero(context, 7, 7, 1);
        if (context.Has(8))
        {
            Require(context.TypeOf(8), 8, DataType.Int32);
            if (context.ShapeOf(8).ElementCount != _convolution.Filters)
                throw Error(
                    $"bias has shape {context.ShapeOf(8)}, it must hold {_convolution.Filters} values");
        }

        return Outputs(new TensorType(context.TypeOf(7), shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Quantized x = new(inputs[0]!, inputs[2]);
        Quantized w = new(inputs[3]!, inputs[5]);
        Scales weightScales = new(inputs[4]!);
        float ratio = new Scales(inputs[1]!)[0] / new Scales(inputs[6]!)[0];
        Requantizer requantizer = new(inputs[7]!);
        byte* y = outputs[0]!.Data;
        for (int i = 0; i < _convolution.Batches * _convolution.Filters; i++)
        {
            int filter = i % _convolution.Filters;
            Span<int> sums = _convolution.Sum(x, w, i / _convolution.Filters, filter);
            if (At(inputs, 8) is { } bias)
                AddToAll(sums, ((int*)bias.Data)[filter]);
            fixed (int* first = sums)
                requantizer.Run(first, ratio * weightScales[filter], y, sums.Length);
            y += sums.Length;
        }
    }

    private static void AddToAll(Span<int> sums, int value)
    {
        foreach (ref int sum in sums)
            sum += value;
    }
}
