using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Y [M, N] = alpha · A' · B' + beta · C, where ' transposes if <c>transA</c> or <c>transB</c> say so and C
/// broadcasts to [M, N]; float32.
/// </summary>
internal sealed unsafe class Gemm : ShapedOperator
{
    private readonly float _alpha;
    private readonly float _beta;
    private readonly bool _transposesA;
    private readonly bool _transposesB;
    private MatrixProduct<float> _product;
    private long[] _biasStrides = [];
    private PackedProduct? _packed;

    public Gemm(Node node) : base(node)
    {
        _alpha = node.Attributes.GetFloat(node, "alpha", 1);
        _beta = node.Attributes.GetFloat(node, "beta", 1);
        _transposesA = node.Attributes.GetInt(node, "transA", 0) != 0;
        _transposesB = node.Attributes.GetInt(node, "transB", 0) != 0;
        if (node.Opset < 7)
            node.Attributes.Ignore("broadcast");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => (long)_product.Rows * _product.Depth * _product.Columns;

    /// <inheritdoc/>
    public override string? KernelName => _packed?.KernelName;

    /// <inheritdoc/>
    public override void Prepare(PrepareContext context)
    {
        if (context.Node.Inputs[1]!.Constant is not { Length: > 0 } || _product.AColumn != 1)
            return;
        PointwiseWeights extents = new()
        {
            RowStride = _product.BColumn,
            ColumnStride = _product.BRow,
            InputChannels = _product.Depth,
            OutputChannels = _product.Columns,
        };
        _packed = context.Own(PackedLayers.Make(context, context.Node.Inputs[1]!, extents));
        context.Release(1);
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape a = context.ShapeOf(0);
        Shape b = context.ShapeOf(1);
        Require(context.TypeOf(0), 0, DataType.Float32);
        RequireSame(context, 1, DataType.Float32);
        if (a.Rank != 2 || b.Rank != 2 || a[_transposesA ? 0 : 1] != b[_transposesB ? 1 : 0])
            throw Error(
                $"A {a} and B {b} cannot be multiplied (transA {_transposesA}, transB {_transposesB})");
        (int aColumns, int bColumns) = (a[1], b[1]);
        _product = new MatrixProduct<float>
        {
            Rows = a[_transposesA ? 1 : 0],
            Depth = a[_transposesA ? 0 : 1],
            Columns = b[_transposesB ? 0 : 1],
            ARow = _transposesA ? 1 : aColumns,
            AColumn = _transposesA ? aColumns : 1,
            BRow = _transposesB ? 1 : bColumns,
            BColumn = _transposesB ? bColumns : 1,
        };
        Shape shape = ShapeOf(_product.Rows, _product.Columns);
        if (context.Has(2))
            PlanBias(context, shape);
        return Outputs(new TensorType(DataType.Float32, shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        float* y = (float*)outputs[0]!.Data;
        float* a = (float*)inputs[0]!.Data;
        if (_packed is not null)
            _packed.Run(a, y, _product.Rows);
        else
            _product.Run(a, (float*)inputs[1]!.Data, y);
        if (_alpha != 1)
            RowLoops.Scale(y, _alpha, y, outputs[0]!.Length);
        if (inputs.Length > 2 && inputs[2] is { } bias && _beta != 0)
            AddBias((float*)bias.Data, y);
    }

    private void PlanBias(InferenceContext context, Shape output)
    {
        RequireSame(context, 2, DataType.Float32);
        Shape bias = context.ShapeOf(2);
        if (bias.Rank > 2 || !Broadcasting.TryJoin(bias, output, out Shape? joined) || !joined.Equals(output))
            throw Error($"C {bias} does not broadcast to {output}");
        _biasStrides = Strides.Broadcast(bias, output);
    }

    private void AddBias(float* bias, float* y)
    {
        for (int row = 0; row < _product.Rows; row++)
        {
            float* source = bias + (row * _biasStrides[0]);
            if (_biasStrides[1] == 1)
                RowLoops.AddScaled(y, _beta, source, _product.Columns);
            else
                AddToAll(y, _beta * *source);
            y += _product.Columns;
        }
    }

    private void AddToAll(float* y, float value)
    {
        for (int column = 0; column < _product.Columns; column++)
            y[column] += value;
    }
}
