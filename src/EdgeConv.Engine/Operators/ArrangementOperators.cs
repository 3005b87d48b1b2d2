using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Operators that move, select, resize, pool or multiply matrices.</summary>
internal static class ArrangementOperators
{
    /// <summary>Adds this group's operators to the table.</summary>
    public static void Register(Dictionary<string, Func<Node, Operator>> makers)
    {
    }
}
