using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Convolutions, run by the kernels of <c>EdgeConv.Kernels</c>.</summary>
internal static class ConvolutionOperators
{
    /// <summary>Adds this group's operators to the table.</summary>
    public static void Register(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers.Add("Conv", node => new Convolution(node));
    }
}
