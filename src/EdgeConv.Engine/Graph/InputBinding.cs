using EdgeConv.Core;

namespace EdgeConv.Engine.Graph;

/// <summary>Gives every graph input the shape, or the value, that a session runs it with.</summary>
internal static class InputBinding
{
    /// <summary>
    /// Sets type and shape of all graph inputs, and the constant of those that are bound by value.
    /// </summary>
    /// <exception cref="ModelError">
    /// A shape or value is for no input of the model, or does not fit what the model declares.
    /// </exception>
    public static void Bind(ModelGraph graph, SessionOptions options)
    {
        CheckNames(graph, options.InputShapes.Keys);
        CheckNames(graph, options.BoundInputs.Keys);
        foreach (GraphInput input in graph.Inputs)
        {
            if (options.BoundInputs.TryGetValue(input.Value.Name, out Tensor? tensor))
                BindValue(graph, input, tensor);
            else
                BindShape(graph, input, options.InputShapes.GetValueOrDefault(input.Value.Name));
        }

        if (options.Pixels is { } pixels)
            PixelBinding.Bind(graph, pixels);
    }

    private static void CheckNames(ModelGraph graph, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (!graph.Inputs.Any(input => input.Value.Name == name))
            {
                throw new ModelError(graph.ModelName, $"has no input '{name}'; its inputs are "
                    + string.Join(", ", graph.Inputs.Select(input => $"'{input.Value.Name}'")));
            }
        }
    }

    // The caller may free its tensor while the session lives on, so the graph keeps a copy.
    private static void BindValue(ModelGraph graph, GraphInput input, Tensor tensor)
    {
        if (tensor.Type != input.Type)
        {
            throw new ModelError(PlaceOf(graph, input),
                $"a value of {DataTypes.NameOf(tensor.Type)} for an input of {DataTypes.NameOf(input.Type)}");
        }

        CheckShape(graph, input, tensor.Shape);
        Tensor copy = new(tensor.Type, tensor.Shape);
        tensor.AsBytes().CopyTo(copy.AsBytes());
        input.Value.Constant = copy;
        SetType(input, tensor.Shape);
    }

    private static void BindShape(ModelGraph graph, GraphInput input, Shape? shape)
    {
        if (shape is not null)
            CheckShape(graph, input, shape);
        SetType(input, shape ?? DeclaredShape(graph, input));
    }

    private static Shape DeclaredShape(ModelGraph graph, GraphInput input)
    {
        if (input.Dimensions is null)
            throw new ModelError(PlaceOf(graph, input), "the model declares no shape for it; give one");
        // Only the first is a number of things done at once, of which one is as right as any.
        if (input.Dimensions.Skip(1).Any(extent => extent < 0))
        {
            string example = $"{input.Value.Name}={ExampleOf(input.Dimensions)}";
            throw new ModelError(PlaceOf(graph, input), $"the model takes [{TextOf(input.Dimensions)}] and "
                + $"leaves the extents '?' open; give them all, as --shape {example}");
        }

        long[] extents = [.. input.Dimensions.Select(extent => extent < 0 ? 1 : extent)];
        return Shape.TryCreate(extents, out Shape? shape, out string? problem)
            ? shape
            : throw new ModelError(PlaceOf(graph, input), problem);
    }

    private static void CheckShape(ModelGraph graph, GraphInput input, Shape shape)
    {
        IReadOnlyList<long>? declared = input.Dimensions;
        if (declared is null)
            return;
        bool fits = declared.Count == shape.Rank;
        for (int axis = 0; fits && axis < declared.Count; axis++)
            fits = declared[axis] < 0 || declared[axis] == shape[axis];
        if (!fits)
        {
            throw new ModelError(
                PlaceOf(graph, input), $"shape {shape}, the model takes [{TextOf(declared)}]");
        }
    }

    private static void SetType(GraphInput input, Shape shape)
    {
        input.Value.Type = input.Type;
        input.Value.Shape = shape;
    }

    private static string TextOf(IEnumerable<long> declared) =>
        string.Join(',', declared.Select(extent => extent < 0 ? "?" : $"{extent}"));

    // Any size will do as an example; that of most networks is at hand.
    private static string ExampleOf(IEnumerable<long> declared) =>
        string.Join('x', declared.Select((extent, axis) => extent >= 0 ? extent : axis == 0 ? 1 : 224));

    private static string PlaceOf(ModelGraph graph, GraphInput input) =>
        $"{graph.ModelName}: input '{input.Value.Name}'";
}
