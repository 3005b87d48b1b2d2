using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Element-wise arithmetic, comparisons, activations, reductions and normalisations.</summary>
internal static class ArithmeticOperators
{
    /// <summary>Adds this group's operators to the table.</summary>
    public static void Register(Dictionary<string, Func<Node, Operator>> makers)
    {
    }
}
