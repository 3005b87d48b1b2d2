using EdgeConv.Core;

namespace EdgeConv.Engine.Graph;

/// <summary>
/// A node's attributes, read by name and type. Every getter marks its attribute as known, so that
/// <see cref="RefuseUnknown"/> can name one the operator does not understand instead of ignoring it.
/// </summary>
/// <remarks>Values are <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, <c>long[]</c>,
/// <c>float[]</c>, <c>string[]</c> or <see cref="Tensor"/>.</remarks>
public sealed class NodeAttributes(string modelName, IReadOnlyDictionary<string, object> values)
{
    private readonly HashSet<string> _known = [];

    /// <summary>No attributes.</summary>
    public static NodeAttributes None { get; } = new("", new Dictionary<string, object>());

    /// <summary>The model file, for messages.</summary>
    public string ModelName { get; } = modelName;

    /// <summary>All attributes by name.</summary>
    public IReadOnlyDictionary<string, object> Values { get; } = values;

    /// <summary>The same attributes with <paramref name="name"/> set to <paramref name="value"/>.</summary>
    public NodeAttributes With(string name, object value) =>
        new(ModelName, new Dictionary<string, object>(Values, StringComparer.Ordinal) { [name] = value });

    /// <summary>Whether the attribute is there.</summary>
    public bool Has(string name) => Values.ContainsKey(name);

    /// <summary>An integer, or <paramref name="missing"/>.</summary>
    public long GetInt(Node node, string name, long missing) => Get<long>(node, name, "an integer", missing);

    /// <summary>An integer that must be there.</summary>
    public long GetInt(Node node, string name) => Has(name)
        ? GetInt(node, name, 0)
        : throw Missing(node, name);

    /// <summary>A number, or <paramref name="missing"/>.</summary>
    public float GetFloat(Node node, string name, float missing) => Get(node, name, "a number", missing);

    /// <summary>A text, or <paramref name="missing"/>.</summary>
    public string GetString(Node node, string name, string missing) => Get(node, name, "a text", missing);

    /// <summary>A list of integers, or null.</summary>
    public long[]? GetInts(Node node, string name) => Get<long[]?>(node, name, "a list of integers", null);

    /// <summary>A list of numbers, or null.</summary>
    public float[]? GetFloats(Node node, string name) => Get<float[]?>(node, name, "a list of numbers", null);

    /// <summary>A tensor, or null.</summary>
    public Tensor? GetTensor(Node node, string name) => Get<Tensor?>(node, name, "a tensor", null);

    /// <summary>Says that the attribute is understood although its value does not matter.</summary>
    public void Ignore(string name) => _known.Add(name);

    /// <summary>Throws when the node has an attribute that nothing has asked for.</summary>
    /// <exception cref="ModelError">Unsupported: names the node and the attribute.</exception>
    public void RefuseUnknown(Node node)
    {
        foreach (string name in Values.Keys)
        {
            if (!_known.Contains(name))
                throw ModelError.Unsupported(
                    node.Place, $"attribute '{name}' is not supported in opset {node.Opset}");
        }
    }

    private T Get<T>(Node node, string name, string kind, T missing)
    {
        _known.Add(name);
        if (!Values.TryGetValue(name, out object? value))
            return missing;
        return value is T typed
            ? typed
            : throw new ModelError(node.Place, $"attribute '{name}' must be {kind}");
    }

    private static ModelError Missing(Node node, string name) =>
        new(node.Place, $"attribute '{name}' is missing");
}
