using EdgeConv.Core;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Execution;

/// <summary>One call of an operator with its memory resolved.</summary>
internal sealed class Step(Operator operation, Tensor?[] inputs, Tensor?[] outputs)
{
    /// <summary>Computes the outputs.</summary>
    public void Run() => operation.Run(inputs, outputs);
}
