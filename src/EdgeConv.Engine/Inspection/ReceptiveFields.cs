using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Inspection;

/// <summary>
/// How far each position of a value sees: r = r' + (k - 1) d j' and j = j' s, where k, d, s are kernel,
/// dilation and stride, and j is the distance of neighbouring positions in input pixels (Araujo, Norris and
/// Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019).
/// </summary>
internal sealed class ReceptiveFields
{
    private readonly Dictionary<Value, Axis[]?> _fields = [];

    /// <summary>
    /// Computes the fields of all values of a graph whose shapes are known and in the model's order of axes.
    /// </summary>
    public ReceptiveFields(ModelGraph graph)
    {
        foreach (GraphInput input in graph.Inputs)
            _fields[input.Value] = Single(input.Value);
        foreach (Node node in graph.Nodes)
        {
            Axis[]? field = FieldOf(node);
            foreach (Value output in node.Outputs.OfType<Value>())
                _fields[output] = field;
        }
    }

    /// <summary>The greatest field of any value along each axis; empty when no value has one.</summary>
    public IReadOnlyList<int> Greatest => _fields.Values.OfType<Axis[]>()
        .MaxBy(axes => axes.Aggregate(1.0, (area, axis) => area * axis.Extent))
            is { } widest ? Extents(widest) : [];

    /// <summary>
    /// Input pixels along each axis that a value of this name sees; null when positions have no place of their
    /// own.
    /// </summary>
    public IReadOnlyList<int>? Of(string name) =>
        _fields.FirstOrDefault(pair => pair.Key.Name == name).Value is { } field ? Extents(field) : null;

    private static int[] Extents(Axis[] field) =>
        [.. field.Select(axis => (int)Math.Min(axis.Extent, int.MaxValue))];

    private static Axis[]? Single(Value value) => value.Shape is { Rank: > 2 } shape
        ? [.. Enumerable.Repeat(new Axis(1, 1), shape.Rank - 2)]
        : null;

    private Axis[]? FieldOf(Node node)
    {
        Axis[]? widest = node.Inputs.OfType<Value>().Select(input => _fields.GetValueOrDefault(input))
            .OfType<Axis[]>().MaxBy(field => field.Max(axis => axis.Extent));
        // Before the first window a pixel is a pixel, in whatever order the axes stand.
        if (node.OperatorName == "Transpose" && widest?.All(axis => axis == new Axis(1, 1)) == true)
            return Single(node.Outputs[0]!);
        if (widest is null || node.Outputs[0]?.Shape?.Rank != widest.Length + 2)
            return null;
        if (node.Operator is Convolution convolution)
            return [.. widest.Zip(convolution.Geometry.Axes, (a, w) =>
                a.Through(w.Kernel, w.Stride, w.Dilation))];
        return node.OperatorName switch
        {
            "MaxPool" or "AveragePool" or "LpPool" => ThroughPool(node, widest),
            "Resize" or "Upsample" => ThroughResize(node, widest),
            _ => KeepsPositions(node) ? widest : null,
        };
    }

    private static Axis[] ThroughPool(Node node, Axis[] field)
    {
        long[]? kernel = node.Attributes.GetInts(node, "kernel_shape");
        long[]? strides = node.Attributes.GetInts(node, "strides");
        long[]? dilations = node.Attributes.GetInts(node, "dilations");
        return [.. field.Select((axis, i) =>
            axis.Through(kernel?[i] ?? 1, strides?[i] ?? 1, dilations?[i] ?? 1))];
    }

    private static Axis[] ThroughResize(Node node, Axis[] field) => [.. field.Select((axis, i) => axis with
    {
        Step = axis.Step * node.Inputs[0]!.Shape![i + 2] / Math.Max(1, node.Outputs[0]!.Shape![i + 2]),
    })];

    // Element by element, or a concatenation of channels: the spatial extents stay.
    private static bool KeepsPositions(Node node) =>
        node.OperatorName is not ("Transpose" or "Reshape" or "Gemm" or "MatMul")
        && node.Inputs.OfType<Value>()
            .Any(input => !input.IsConstant && HasSameExtents(input, node.Outputs[0]!));

    private static bool HasSameExtents(Value input, Value output) =>
        input.Shape!.Rank == output.Shape!.Rank
        && input.Shape.Dimensions[2..].SequenceEqual(output.Shape.Dimensions[2..]);

    /// <summary>One spatial axis, in input pixels.</summary>
    /// <param name="Extent">How far a position sees, r.</param>
    /// <param name="Step">Distance of neighbouring positions, j.</param>
    private readonly record struct Axis(double Extent, double Step)
    {
        public Axis Through(double kernel, double stride, double dilation) =>
            new(Extent + ((kernel - 1) * dilation * Step), Step * stride);
    }
}
