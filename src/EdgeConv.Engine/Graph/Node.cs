using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Graph;

/// <summary>One use of an operator.</summary>
public sealed class Node
{
    /// <summary>Makes a node and becomes the producer of <paramref name="outputs"/>.</summary>
    /// <param name="name">Unique within the graph.</param>
    /// <param name="operatorName">The ONNX operator name, or one of our own for fused nodes.</param>
    /// <param name="opset">Version of the operator set the node is written in.</param>
    /// <param name="inputs">In the operator's order; null where an optional input is left out.</param>
    /// <param name="outputs">In the operator's order; null where an optional output is left out.</param>
    /// <param name="attributes">The node's attributes.</param>
    public Node(
        string name,
        string operatorName,
        int opset,
        Value?[] inputs,
        Value?[] outputs,
        NodeAttributes attributes)
    {
        Name = name;
        OperatorName = operatorName;
        Opset = opset;
        Inputs = inputs;
        Outputs = outputs;
        Attributes = attributes;
        foreach (Value? output in outputs)
        {
            if (output is not null)
                output.Producer = this;
        }
    }

    /// <summary>Unique within the graph.</summary>
    public string Name { get; }

    /// <summary>ONNX operator name, or one of our own for fused nodes.</summary>
    public string OperatorName { get; }

    /// <summary>Version of the operator set the node is written in.</summary>
    public int Opset { get; }

    /// <summary>Inputs; null where an optional input is left out. Passes may replace elements.</summary>
    public Value?[] Inputs { get; }

    /// <summary>Outputs; null where an optional output is left out.</summary>
    public Value?[] Outputs { get; }

    /// <summary>The node's attributes.</summary>
    public NodeAttributes Attributes { get; }

    /// <summary>
    /// The operator made for it by <see cref="OperatorTable"/>; null until shape inference.
    /// </summary>
    public Operator? Operator { get; set; }

    /// <summary>Where an error in this node is: <c>model.onnx: node 'conv1' (Conv)</c>.</summary>
    public string Place => $"{Attributes.ModelName}: node '{Name}' ({OperatorName})";

    /// <inheritdoc/>
    public override string ToString() => $"{OperatorName} '{Name}'";
}
