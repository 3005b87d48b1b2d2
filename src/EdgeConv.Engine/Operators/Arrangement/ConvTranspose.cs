using System.Runtime.InteropServices;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The transpose of a convolution: y[n, m, i·stride - pad + t·dilation] += x[n, c, i] · w[c, m, t], plus a
/// bias. x [N, C, …], w [C, M/group, …], one to three spatial axes; float32.
/// </summary>
/// <remarks>
/// For every output channel a matrix product makes [taps, input elements], whose rows are then added where
/// they belong: no output element is looked up from its inputs.
/// </remarks>
internal sealed unsafe class ConvTranspose : ShapedOperator
{
    private readonly SpatialAttributes _spatial;
    private readonly long _group;
    private readonly long[]? _outputPadding;
    private readonly long[]? _outputShape;
    private SpatialAxis[] _axes = [];
    private int _batches;
    private int _channelsPerGroup;
    private int _filtersPerGroup;

    public ConvTranspose(Node node) : base(node)
    {
        _spatial = new SpatialAttributes(node);
        _group = node.Attributes.GetInt(node, "group", 1);
        _outputPadding = node.Attributes.GetInts(node, "output_padding");
        _outputShape = node.Attributes.GetInts(node, "output_shape");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds =>
        _axes.Length == 0 ? 0 : _batches * _group * _channelsPerGroup * _filtersPerGroup * Taps * InputPlane;

    private long Taps => (long)_axes[0].Kernel * _axes[1].Kernel * _axes[2].Kernel;

    private long InputPlane => (long)_axes[0].Input * _axes[1].Input * _axes[2].Input;

    private long OutputPlane => (long)_axes[0].Output * _axes[1].Output * _axes[2].Output;

    // So many taps are multiplied at a time that their products stay in a small cache; four fill the
    // registers.
    private long TapsAtOnce => Math.Min(Taps, Math.Max(4, 65536 / Math.Max(1, InputPlane)));

    private long ScratchBytes => TapsAtOnce * InputPlane * sizeof(float);

    /// <inheritdoc/>
    public override void Prepare(PrepareContext context) => context.ScratchBytes = ScratchBytes;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape x = context.ShapeOf(0);
        Shape w = context.ShapeOf(1);
        Require(context.TypeOf(0), 0, DataType.Float32);
        RequireSame(context, 1, DataType.Float32);
        if (x.Rank is < 3 or > 5)
            throw Unsupported($"an input of shape {x} is not supported, 3 to 5 dimensions are");
        if (w.Rank != x.Rank || w[0] != x[1] || _group < 1 || x[1] % _group != 0)
            throw Error($"weights {w} do not fit an input of shape {x} in {_group} groups");
        SpatialAxis[] axes = _spatial.ResolveTransposed(
            x.Dimensions[2..], _spatial.KernelOf(w.Dimensions[2..]), _outputPadding,
            SpatialOutputShape(x.Rank));
        _axes = [.. Enumerable.Repeat(new SpatialAxis(1, 1, 1, 1, 0, 0, 1), 3 - axes.Length), .. axes];
        (_batches, _channelsPerGroup, _filtersPerGroup) = (x[0], x[1] / (int)_group, w[1]);
        Shape shape = ShapeOf([x[0], w[1] * _group, .. axes.Select(axis => (long)axis.Output)]);
        if (context.Has(2))
            CheckBias(context, shape[1]);
        return Outputs(new TensorType(DataType.Float32, shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (outputs[0]!.Length == 0)
            return;
        byte* products = Scratch is not null ? Scratch : (byte*)NativeMemory.Alloc((nuint)ScratchBytes);
        try
        {
            float* bias = inputs.Length > 2 && inputs[2] is { } tensor ? (float*)tensor.Data : null;
            Fill(outputs[0]!, bias);
            Multiply(
                (float*)inputs[0]!.Data, (float*)inputs[1]!.Data, (float*)outputs[0]!.Data, (float*)products);
        }
        finally
        {
            if (products != Scratch)
                NativeMemory.Free(products);
        }
    }

    // Some exporters write the output's batch and channels too.
    private long[]? SpatialOutputShape(int rank) =>
        _outputShape is not null && _outputShape.Length == rank ? _outputShape[2..] : _outputShape;

    private void CheckBias(InferenceContext context, int filters)
    {
        RequireSame(context, 2, DataType.Float32);
        if (context.ShapeOf(2).Rank != 1 || context.ShapeOf(2)[0] != filters)
            throw Error($"bias has shape {context.ShapeOf(2)}, it must hold {filters} values");
    }

    private void Fill(Tensor y, float* bias)
    {
        if (bias is null)
        {
            y.AsBytes().Clear();
            return;
        }

        int filters = y.Shape[1];
        for (int i = 0; i < _batches * filters; i++)
            new Span<float>((float*)y.Data + (i * OutputPlane), (int)OutputPlane).Fill(bias[i % filters]);
    }

    private void Multiply(float* x, float* w, float* y, float* products)
    {
        for (long i = 0; i < _batches * _group; i++)
        {
            float* weights = w + (i % _group * _channelsPerGroup * _filtersPerGroup * Taps);
            for (int m = 0; m < _filtersPerGroup; m++)
            {
                for (long tap = 0; tap < Taps; tap += TapsAtOnce)
                    AddTaps(x, weights + (m * Taps) + tap, products, y, (int)tap);
                y += OutputPlane;
            }

            x += _channelsPerGroup * InputPlane;
        }
    }

    private void AddTaps(float* x, float* w, float* products, float* y, int first)
    {
        MatrixProduct<float> product = new()
        {
            Rows = (int)Math.Min(TapsAtOnce, Taps - first),
            Depth = _channelsPerGroup,
            Columns = (int)InputPlane,
            ARow = 1,
            AColumn = _filtersPerGroup * Taps,
            BRow = InputPlane,
            BColumn = 1,
        };
        product.Run(w, x, products);
        for (int tap = 0; tap < product.Rows; tap++)
            AddTap(products + (tap * InputPlane), y, first + tap);
    }

    private void AddTap(float* source, float* y, int tap)
    {
        (SpatialAxis depth, SpatialAxis height, SpatialAxis width) = (_axes[0], _axes[1], _axes[2]);
        int kw = tap % width.Kernel;
        int kh = tap / width.Kernel % height.Kernel;
        int kd = tap / width.Kernel / height.Kernel;
        (int depthFirst, int depthEnd) = Reached(depth, kd);
        (int rowFirst, int rowEnd) = Reached(height, kh);
        (int first, int end) = Reached(width, kw);
        for (int d = depthFirst; d < depthEnd; d++)
        {
            for (int h = rowFirst; h < rowEnd; h++)
            {
                float* row = source + ((((long)d * height.Input) + h) * width.Input);
                long target = ((long)depth.Place(d, kd) * height.Output) + height.Place(h, kh);
                float* place = y + (target * width.Output) + width.Place(first, kw);
                AddRow(place, row + first, end - first, width.Stride);
            }
        }
    }

    private static void AddRow(float* y, float* x, int count, int stride)
    {
        if (stride == 1)
        {
            RowLoops.Add(y, x, count);
            return;
        }

        for (int i = 0; i < count; i++)
            y[(long)i * stride] += x[i];
    }

    // The input elements whose tap lands on the output: the windows of the convolution this is the transpose
    // of.
    private static (int First, int End) Reached(SpatialAxis axis, int tap) =>
        (axis with { Input = axis.Output, Output = axis.Input }).WindowsInside(tap);
}
