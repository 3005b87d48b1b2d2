namespace EdgeConv.Engine.Passes;

/// <summary>One change that a pass made to a graph; for listings.</summary>
/// <param name="Pass">The pass: <c>fold batch normalization</c>.</param>
/// <param name="Node">The node that took something in, or that went.</param>
/// <param name="What">What became of it, one clause: <c>took in BatchNormalization 'bn1'</c>.</param>
public sealed record Rewrite(string Pass, string Node, string What);
