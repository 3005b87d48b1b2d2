using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Elementwise;

/// <summary>The element-wise functions in one instruction set.</summary>
internal sealed unsafe class F32Elementwise<TLanes, TVector> : ElementwiseKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override string Name => "F32Elementwise" + TLanes.Set;

    internal override void Activate(in Activation activation, float* x, float* y, long count)
    {
        switch (activation.Kind)
        {
            case ActivationKind.None:
                if (x != y)
                    Buffer.MemoryCopy(x, y, count * sizeof(float), count * sizeof(float));
                break;
            case ActivationKind.Relu or ActivationKind.Clip:
                Map(Clamp<TLanes, TVector>.Of(activation), x, y, count);
                break;
            case ActivationKind.HardSigmoid:
                Map(new HardSigmoid<TLanes, TVector>(activation.A, activation.B), x, y, count);
                break;
            case ActivationKind.HardSwish:
                Map(new HardSwish<TLanes, TVector>(), x, y, count);
                break;
            case ActivationKind.Sigmoid:
                Map(default(Sigmoid<TLanes, TVector>), x, y, count);
                break;
            case ActivationKind.Silu:
                Map(default(Silu<TLanes, TVector>), x, y, count);
                break;
            case ActivationKind.Tanh:
                Map(default(Tanh<TLanes, TVector>), x, y, count);
                break;
            case ActivationKind.Exp:
                Map(default(Exponential<TLanes, TVector>), x, y, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(
                    nameof(activation), activation.Kind, "no such activation");
        }
    }

    internal override void Multiply(float* a, float* b, float* y, long count)
    {
        int lanes = TLanes.Count;
        for (; count >= lanes; count -= lanes)
        {
            TLanes.Store(y, TLanes.Multiply(TLanes.Load(a), TLanes.Load(b)));
            a += lanes;
            b += lanes;
            y += lanes;
        }

        for (; count > 0; count--)
            *y++ = *a++ * *b++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Map<TFunction>(TFunction function, float* x, float* y, long count)
        where TFunction : struct, IFunction<TVector>
    {
        int lanes = TLanes.Count;
        for (; count >= lanes; count -= lanes)
        {
            TLanes.Store(y, function.Apply(TLanes.Load(x)));
            x += lanes;
            y += lanes;
        }

        if (count != 0)
            TLanes.StorePartial(y, function.Apply(TLanes.LoadPartial(x, (int)count)), (int)count);
    }
}
