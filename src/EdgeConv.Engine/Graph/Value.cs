using EdgeConv.Core;

namespace EdgeConv.Engine.Graph;

/// <summary>
/// An edge of a <see cref="ModelGraph"/>: what one node produces, or a graph input, or a constant.
/// </summary>
public sealed class Value(string name)
{
    /// <summary>Unique within the graph.</summary>
    public string Name { get; } = name;

    /// <summary>The node that produces it; null for graph inputs and constants.</summary>
    public Node? Producer { get; internal set; }

    /// <summary>Its content when that is known before the first run; null otherwise.</summary>
    public Tensor? Constant { get; set; }

    /// <summary>Element type; null until shape inference has seen it.</summary>
    public DataType? Type { get; set; }

    /// <summary>Extents; null until shape inference has seen it.</summary>
    public Shape? Shape { get; set; }

    /// <summary>Whether <see cref="Constant"/> is set.</summary>
    public bool IsConstant => Constant is not null;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {(Type is { } t ? DataTypes.NameOf(t) : "?")}{Shape}";
}
