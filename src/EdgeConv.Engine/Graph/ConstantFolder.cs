using System.Runtime.InteropServices;
using EdgeConv.Core;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Graph;

/// <summary>
/// Runs nodes at load whose result cannot change: those with constant inputs only, and those that read
/// nothing but the shape of a value. What a graph may make of itself this way is bounded in memory and in
/// work.
/// </summary>
internal sealed unsafe class ConstantFolder(Func<Node, bool> hasUnknownShape)
{
    /// <summary>The most bytes that all folded values of one graph may take.</summary>
    public const long MaximumBytes = 256L << 20;

    /// <summary>The most bytes read and written plus multiply-adds that folding one graph may take.</summary>
    public const long MaximumWork = 1L << 30;

    private readonly List<Tensor> _folded = [];
    private long _bytes;
    private long _work;

    /// <summary>
    /// Makes the node's outputs constants when that is possible; their types must be inferred.
    /// </summary>
    /// <returns>Whether the node has become superfluous.</returns>
    public bool TryFold(Node node)
    {
        Operator made = node.Operator!;
        bool readsShapeOnly = node.OperatorName is "Shape" or "Size" && !hasUnknownShape(node);
        if (!readsShapeOnly && !node.Inputs.All(input => input is null || input.IsConstant))
            return false;
        if (IsRandom(node.OperatorName) || !Afford(node, made, readsShapeOnly))
            return false;
        Fold(node, made);
        return true;
    }

    /// <summary>Frees all folded values; for a graph that is given up.</summary>
    public void Discard() => _folded.ForEach(tensor => tensor.Dispose());

    private static bool IsRandom(string name) =>
        name.StartsWith("Random", StringComparison.Ordinal) || name is "Bernoulli" or "Multinomial";

    private bool Afford(Node node, Operator made, bool readsShapeOnly)
    {
        long written = node.Outputs.Sum(BytesOf);
        long work = written + made.MultiplyAdds + (readsShapeOnly ? 0 : node.Inputs.Sum(BytesOf));
        if (_bytes + written > MaximumBytes || work > MaximumWork - _work)
            return false;
        _bytes += written;
        _work += work;
        return true;
    }

    private static long BytesOf(Value? value) =>
        value is null ? 0 : value.Shape!.ElementCount * DataTypes.SizeOf(value.Type!.Value);

    private void Fold(Node node, Operator made)
    {
        Tensor?[] outputs = [.. node.Outputs.Select(Allocate)];
        OperatorGuard.Call(node, () => Run(node, made, outputs));
        for (int i = 0; i < outputs.Length; i++)
            SetConstant(node.Outputs[i], outputs[i]);
    }

    private static bool Run(Node node, Operator made, Tensor?[] outputs)
    {
        PrepareContext context = new(node, threads: 1);
        made.Prepare(context);
        made.Scratch = (byte*)NativeMemory.AlignedAlloc(
            (nuint)Math.Max(1, context.ScratchBytes), Tensor.Alignment);
        try
        {
            made.Run([.. node.Inputs.Select(Content)], outputs);
            return true;
        }
        finally
        {
            NativeMemory.AlignedFree(made.Scratch);
            made.Scratch = null;
            foreach (IDisposable owned in context.Owned)
                owned.Dispose();
        }
    }

    private Tensor? Allocate(Value? value)
    {
        if (value is null)
            return null;
        Tensor tensor = new(value.Type!.Value, value.Shape!);
        _folded.Add(tensor);
        return tensor;
    }

    // A value whose shape alone is read has no memory yet.
    private static Tensor? Content(Value? value) =>
        value is null ? null : value.Constant ?? new Tensor(value.Type!.Value, value.Shape!, (byte*)null);

    private static void SetConstant(Value? value, Tensor? tensor)
    {
        if (value is null)
            return;
        value.Producer = null;
        value.Constant = tensor;
        value.Shape = tensor!.Shape;
    }
}
