namespace EdgeConv.Engine.Planning;

/// <summary>Where each block lies in the arena.</summary>
/// <param name="Offsets">Byte offset of each block, a multiple of a tensor's alignment.</param>
/// <param name="Bytes">Size of the arena.</param>
/// <param name="LowerBound">
/// Greatest sum of the sizes of blocks that are live in one step: no arena can be smaller.
/// </param>
public sealed record ArenaLayout(IReadOnlyList<long> Offsets, long Bytes, long LowerBound);
