using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels;

/// <summary>The part of an activation that is applied to a vector before it is stored.</summary>
internal readonly struct Epilogue<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly TVector _lower;
    private readonly TVector _upper;

    public Epilogue(in Activation activation)
    {
        _lower = TLanes.Broadcast(activation.Lower);
        _upper = TLanes.Broadcast(activation.Upper);
    }

    /// <summary>The clamp; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector value) => TLanes.Min(_upper, TLanes.Max(_lower, value));
}
