using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// A node's operator with its attributes parsed and checked: what it does, without saying where its tensors
/// lie. Made once when a model is loaded; the constructor refuses attributes it does not understand.
/// </summary>
/// <remarks>
/// Life: constructor (attributes) → <see cref="Infer"/> (shapes) → <see cref="Prepare"/> (pack, choose
/// kernels) → <see cref="Run"/> many times. A node that folds to a constant runs once, at load.
/// </remarks>
public abstract unsafe class Operator(Node node)
{
    /// <summary>The node, for messages.</summary>
    public Node Node { get; } = node;

    /// <summary>
    /// The scratch memory asked for in <see cref="Prepare"/>, valid during <see cref="Run"/> only.
    /// </summary>
    public byte* Scratch { get; set; }

    /// <summary>
    /// True for an input whose content, not only its shape, decides the output's shape, so that it must be
    /// known before the first run (the target of a Reshape).
    /// </summary>
    public virtual bool NeedsValue(int input) => false;

    /// <summary>Element types and shapes of all outputs, one entry an output of the node.</summary>
    /// <remarks>
    /// An output whose size depends on the data gets the largest shape it can have; <see cref="Run"/> then
    /// calls <see cref="Tensor.Reshape"/> on it.
    /// </remarks>
    /// <exception cref="ModelError">Inputs do not fit together, or a type is not supported.</exception>
    public abstract TensorType[] Infer(InferenceContext context);

    /// <summary>
    /// Called once, when all shapes are known and passes are done: pack constant inputs, choose kernels, ask
    /// for scratch memory.
    /// </summary>
    public virtual void Prepare(PrepareContext context)
    {
    }

    /// <summary>Computes the outputs. Allocates nothing once prepared.</summary>
    /// <param name="inputs">As in the node; null where an optional input is left out.</param>
    /// <param name="outputs">
    /// As in the node; null where an optional output is left out. Not cleared before.
    /// </param>
    public abstract void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs);

    /// <summary>
    /// True when output 0 may lie in the same memory as this input, which has the same shape and type.
    /// </summary>
    public virtual bool CanOverwrite(int input) => false;

    /// <summary>
    /// True when output 0 holds exactly the bytes of input 0 in the same order (Reshape, Flatten), so that it
    /// can be a view and nothing runs.
    /// </summary>
    public virtual bool IsView => false;

    /// <summary>
    /// Where output 0 holds the bytes of this input unchanged, so that the plan may have the input made there
    /// and <see cref="Run"/> need not copy what it finds there; null where it does not.
    /// </summary>
    public virtual RowPlace? PlaceOf(int input) => null;

    /// <summary>
    /// True when output 0, taken as rows of <paramref name="rowBytes"/> bytes, can be written with other bytes
    /// between the rows, see <see cref="OutputRowStep"/>.
    /// </summary>
    public virtual bool CanWriteRows(long rowBytes) => false;

    /// <summary>
    /// Bytes from one row of output 0 to the next, where the plan wants them apart; 0 for side by side.
    /// </summary>
    public long OutputRowStep { get; set; }

    /// <summary>Multiply-adds of one run; 0 for what is not counted.</summary>
    public virtual long MultiplyAdds => 0;

    /// <summary>
    /// Name of the kernel chosen by <see cref="Prepare"/>, as in <c>KernelTable</c>; null when there is none.
    /// </summary>
    public virtual string? KernelName => null;
}

/// <summary>Element type and shape of a value.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents.</param>
public readonly record struct TensorType(DataType Type, Shape Shape);

/// <summary>What <see cref="Operator.Infer"/> knows of the inputs.</summary>
public sealed class InferenceContext(Node node)
{
    /// <summary>The node.</summary>
    public Node Node { get; } = node;

    /// <summary>Number of inputs of the node, trailing left-out ones included.</summary>
    public int InputCount => Node.Inputs.Length;

    /// <summary>Whether the optional input is there.</summary>
    public bool Has(int input) => input < Node.Inputs.Length && Node.Inputs[input] is not null;

    /// <summary>Shape of an input.</summary>
    public Shape ShapeOf(int input) => Required(input).Shape!;

    /// <summary>Element type of an input.</summary>
    public DataType TypeOf(int input) => Required(input).Type!.Value;

    /// <summary>
    /// Content of an input that <see cref="Operator.NeedsValue"/>; null when the input is left out.
    /// </summary>
    /// <exception cref="ModelError">It is only known while running.</exception>
    public Tensor? ConstantOf(int input)
    {
        if (!Has(input))
            return null;
        return Node.Inputs[input]!.Constant ?? throw ModelError.Unsupported(
            Node.Place, $"input {input} '{Node.Inputs[input]!.Name}' decides a shape and must be constant "
                + "when the model is loaded");
    }

    private Value Required(int input) => Has(input)
        ? Node.Inputs[input]!
        : throw new ModelError(Node.Place, $"input {input} is missing");
}

/// <summary>What <see cref="Operator.Prepare"/> may use and ask for.</summary>
public sealed class PrepareContext(Node node, int threads)
{
    private readonly List<IDisposable> _owned = [];
    private readonly List<int> _released = [];

    /// <summary>The node; its values have shapes, and constants where known.</summary>
    public Node Node { get; } = node;

    /// <summary>Threads the session runs on.</summary>
    public int Threads { get; } = threads;

    /// <summary>The session's threads; null when it runs on the caller's alone.</summary>
    public WorkerPool? Pool { get; init; }

    /// <summary>Weights that are packed already; null when nothing is kept of what is packed.</summary>
    internal WeightStore? Weights { get; init; }

    /// <summary>
    /// Bytes of scratch memory wanted during <see cref="Operator.Run"/>; the plan places it in the arena.
    /// </summary>
    public long ScratchBytes { get; set; }

    /// <summary>What was handed over by <see cref="Own{T}"/>.</summary>
    public IReadOnlyList<IDisposable> Owned => _owned;

    /// <summary>The inputs named by <see cref="Release"/>.</summary>
    public IReadOnlyList<int> Released => _released;

    /// <summary>Hands over something that the session disposes at its end, such as packed weights.</summary>
    public T Own<T>(T resource) where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    /// <summary>
    /// Says that the content of a constant input is not read any more, because it was packed. Its memory is
    /// freed when no other node reads it; <see cref="Operator.Run"/> then gets null in its place.
    /// </summary>
    public void Release(int input) => _released.Add(input);
}
