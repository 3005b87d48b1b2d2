using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Every operator the engine runs, by its ONNX name.</summary>
public static class OperatorTable
{
    private static readonly Dictionary<string, Func<Node, Operator>> Makers = Register();

    /// <summary>Names of all operators, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Makers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes the operator of a node and checks that it understands every attribute.</summary>
    /// <exception cref="ModelError">Unsupported: names node and operator, or node and attribute.</exception>
    public static Operator Create(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!Makers.TryGetValue(node.OperatorName, out Func<Node, Operator>? make))
            throw ModelError.Unsupported(node.Place, $"operator '{node.OperatorName}' is not supported");
        Operator made = make(node);
        node.Attributes.RefuseUnknown(node);
        return made;
    }

    private static Dictionary<string, Func<Node, Operator>> Register()
    {
        Dictionary<string, Func<Node, Operator>> makers = new(StringComparer.Ordinal);
        ArithmeticOperators.Register(makers);
        ArrangementOperators.Register(makers);
        ConvolutionOperators.Register(makers);
        return makers;
    }
}
