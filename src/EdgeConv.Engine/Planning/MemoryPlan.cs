using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Planning;

/// <summary>Which memory every value and every scratch buffer of a graph uses.</summary>
public sealed class MemoryPlan
{
    /// <summary>The blocks placed in the arena: values and scratch.</summary>
    public required IReadOnlyList<Block> Blocks { get; init; }

    /// <summary>Where each of <see cref="Blocks"/> lies.</summary>
    public required ArenaLayout Layout { get; init; }

    /// <summary>Index into <see cref="Blocks"/> of every value in the arena; aliases share one.</summary>
    public required IReadOnlyDictionary<Value, int> BlockOf { get; init; }

    /// <summary>
    /// Where in its block each value lies that does not begin it: the parts of a concatenation. A value whose
    /// rows lie apart is read by the concatenation alone.
    /// </summary>
    public required IReadOnlyDictionary<Value, RowPlace> PlaceOf { get; init; }

    /// <summary>
    /// Index into <see cref="Blocks"/> of each node's scratch memory; -1 where it has none.
    /// </summary>
    public required IReadOnlyList<int> ScratchOf { get; init; }

    /// <summary>
    /// For each node, whether nothing runs: its output is a view of its input 0, or all its inputs lie in it.
    /// </summary>
    public required IReadOnlyList<bool> IsElided { get; init; }

    /// <summary>Inputs that stand unchanged in an output and are copied nevertheless.</summary>
    public required IReadOnlyList<InputCopy> Copies { get; init; }

    /// <summary>For every value that is a view of a graph input or a constant, which one.</summary>
    public required IReadOnlyDictionary<Value, Value> ViewOf { get; init; }

    /// <summary>Offset of a value in the arena.</summary>
    public long OffsetOf(Value value) =>
        Layout.Offsets[BlockOf[value]] + PlaceOf.GetValueOrDefault(value).Offset;

    /// <summary>Bytes from one row of a value to the next where they lie apart, otherwise 0.</summary>
    public long RowStepOf(Value value) =>
        PlaceOf.TryGetValue(value, out RowPlace place) && !place.IsOnePiece ? place.RowStep : 0;
}
