using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Operators that move, select, resize, pool or multiply matrices.</summary>
internal static class ArrangementOperators
{
    /// <summary>Adds this group's operators to the table.</summary>
    public static void Register(Dictionary<string, Func<Node, Operator>> makers)
    {
        RegisterViews(makers);
        RegisterMoves(makers);
        RegisterSelections(makers);
        RegisterSources(makers);
        RegisterPools(makers);
        RegisterProducts(makers);
    }

    private static void RegisterViews(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers.Add("Identity", node => new Identity(node));
        makers.Add("Reshape", node => new Reshape(node));
        makers.Add("Flatten", node => new Flatten(node));
        makers.Add("Squeeze", node => new Squeeze(node));
        makers.Add("Unsqueeze", node => new Unsqueeze(node));
    }

    private static void RegisterMoves(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers.Add("Concat", node => new Concat(node));
        makers.Add("DepthToSpace", node => new DepthToSpace(node));
        makers.Add("Expand", node => new Expand(node));
        makers.Add("Pad", node => new Pad(node));
        makers.Add("ReverseSequence", node => new ReverseSequence(node));
        makers.Add("SpaceToDepth", node => new SpaceToDepth(node));
        makers.Add("Split", node => new Split(node));
        makers.Add("Tile", node => new Tile(node));
        makers.Add("Transpose", node => new Transpose(node));
        makers.Add("Trilu", node => new Trilu(node));
    }

    private static void RegisterSelections(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers.Add("Compress", node => new Compress(node));
        makers.Add("Gather", node => new Gather(node));
        makers.Add("GatherElements", node => new GatherElements(node));
        makers.Add("GatherND", node => new GatherND(node));
        makers.Add("NonMaxSuppression", node => new NonMaxSuppression(node));
        makers.Add("NonZero", node => new NonZero(node));
        makers.Add("Scatter", node => new ScatterElements(node));
        makers.Add("ScatterElements", node => new ScatterElements(node));
        makers.Add("ScatterND", node => new ScatterND(node));
        makers.Add("Slice", node => new Slice(node));
        makers.Add("TopK", node => new TopK(node));
    }

    private static void RegisterSources(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers.Add("ConstantOfShape", node => new ConstantOfShape(node));
        makers.Add("EyeLike", node => new EyeLike(node));
        makers.Add("OneHot", node => new OneHot(node));
        makers.Add("Range", node => new RangeOperator(node));
        makers.Add("Shape", node => new ShapeOperator(node));
        makers.Add("Size", node => new SizeOperator(node));
    }

    private static void RegisterPools(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers.Add("AveragePool", node => new AveragePool(node));
        makers.Add("GlobalAveragePool", node => new GlobalAveragePool(node));
        makers.Add("GlobalLpPool", node => new GlobalLpPool(node));
        makers.Add("GlobalMaxPool", node => new GlobalMaxPool(node));
        makers.Add("LpPool", node => new LpPool(node));
        makers.Add("MaxPool", node => new MaxPool(node));
        makers.Add("MaxUnpool", node => new MaxUnpool(node));
        makers.Add("Resize", node => new Resize(node));
        makers.Add("Upsample", node => new Resize(node));
    }

    private static void RegisterProducts(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers.Add("ConvInteger", node => new ConvInteger(node));
        makers.Add("ConvTranspose", node => new ConvTranspose(node));
        makers.Add("Gemm", node => new Gemm(node));
        makers.Add("MatMul", node => new MatMul(node));
        makers.Add("MatMulInteger", node => new MatMulInteger(node));
        makers.Add("QLinearConv", node => new QLinearConv(node));
        makers.Add("QLinearMatMul", node => new QLinearMatMul(node));
    }
}
