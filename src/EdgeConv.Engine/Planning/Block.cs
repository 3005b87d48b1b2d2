using EdgeConv.Core;

namespace EdgeConv.Engine.Planning;

/// <summary>Memory that is needed from one step to another, both included.</summary>
/// <param name="Bytes">Size; what is placed is <see cref="PlacedBytes"/>.</param>
/// <param name="FirstStep">Step that writes it first.</param>
/// <param name="LastStep">Last step that reads it, at least <paramref name="FirstStep"/>.</param>
public readonly record struct Block(long Bytes, int FirstStep, int LastStep)
{
    /// <summary>Size with the readable tail of a tensor, rounded up to the alignment of offsets.</summary>
    public long PlacedBytes =>
        (Bytes + Tensor.TailPadding + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment;

    /// <summary>Whether both are needed during some step.</summary>
    public bool IsLiveWith(Block other) => FirstStep <= other.LastStep && other.FirstStep <= LastStep;
}
