using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Scaling;

/// <summary>
/// A depthwise-separable block of a graph as it stands in its file: perhaps a 1x1 convolution that expands, a
/// depthwise one, perhaps squeeze-and-excitation, a 1x1 convolution that projects, perhaps a residual.
/// </summary>
internal sealed record SeparableBlock
{
    /// <summary>All its nodes, side by side in the graph's order.</summary>
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>What it reads.</summary>
    public required Value Input { get; init; }

    /// <summary>What it makes.</summary>
    public required Value Output { get; init; }

    /// <summary>The convolution that expands; null when there is none.</summary>
    public required Node? Expand { get; init; }

    /// <summary>The depthwise convolution.</summary>
    public required Node Depthwise { get; init; }

    /// <summary>The first convolution of squeeze-and-excitation; null when there is none.</summary>
    public required Node? Squeeze { get; init; }

    /// <summary>The second one.</summary>
    public required Node? Excite { get; init; }

    /// <summary>Whether its input is added to what it makes.</summary>
    public required bool IsResidual { get; init; }

    /// <summary>Channels it reads.</summary>
    public int InputChannels => Input.Shape![1];

    /// <summary>Channels behind the depthwise convolution.</summary>
    public int HiddenChannels => Depthwise.Outputs[0]!.Shape![1];

    /// <summary>Channels between squeeze and excitation; 0 when there are none.</summary>
    public int SqueezedChannels => Squeeze?.Outputs[0]!.Shape![1] ?? 0;

    /// <summary>Whether it could stand behind itself.</summary>
    public bool KeepsShape => Input.Shape!.Equals(Output.Shape);

    /// <summary>Whether both do the same but for channels, stride and residual.</summary>
    public bool IsAlike(SeparableBlock other) =>
        (long)HiddenChannels * other.InputChannels == (long)other.HiddenChannels * InputChannels
        && KernelsOf(this).SequenceEqual(KernelsOf(other))
        && OperatorsOf(this).SequenceEqual(OperatorsOf(other));

    private static IEnumerable<(int Kernel, int Dilation)> KernelsOf(SeparableBlock block) =>
        ((Convolution)block.Depthwise.Operator!).Geometry.Axes.Select(axis => (axis.Kernel, axis.Dilation));

    private static IEnumerable<string> OperatorsOf(SeparableBlock block) => block.Nodes
        .SkipLast(block.IsResidual ? 1 : 0).Select(node => node.OperatorName).Order(StringComparer.Ordinal);
}

/// <summary>
/// Blocks that are alike and follow each other, of which only the first changes channels or size.
/// </summary>
/// <param name="Blocks">At least one.</param>
internal sealed record NetworkStage(IReadOnlyList<SeparableBlock> Blocks)
{
    /// <summary>The block that is repeated.</summary>
    public SeparableBlock Repeated => Blocks[^1];

    /// <summary>Number of nodes, which stand side by side in the graph.</summary>
    public int NodeCount => Blocks.Sum(block => block.Nodes.Count);
}
