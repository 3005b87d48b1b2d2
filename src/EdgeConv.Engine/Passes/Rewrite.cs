namespace EdgeConv.Engine.Passes;

/// <summary>One change that a pass made to a graph; for listings.</summary>
/// <param name="Pass">The pass: <c>fold into the layer before</c>.</param>
/// <param name="Node">The last node of the pattern, as it was.</param>
/// <param name="What">What became of it, one clause: <c>BatchNormalization went into 'conv1'</c>.</param>
public sealed record Rewrite(string Pass, string Node, string What);
