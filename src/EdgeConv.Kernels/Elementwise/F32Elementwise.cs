using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Elementwise;

/// <summary>The element-wise functions in one instruction set.</summary>
internal sealed unsafe class F32Elementwise<TLanes, TVector> : ElementwiseKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override string Name => "F32Elementwise" + TLanes.Set;

    internal override void Activate(in Activation activation, ElementRows rows)
    {
        switch (activation.Kind)
        {
            case ActivationKind.None:
                Map(default(Identity<TVector>), rows);
                break;
            case ActivationKind.Relu or ActivationKind.Clip:
                Map(Clamp<TLanes, TVector>.Of(activation), rows);
                break;
            case ActivationKind.HardSigmoid:
                Map(new HardSigmoid<TLanes, TVector>(activation.A, activation.B), rows);
                break;
            case ActivationKind.HardSwish:
                Map(new HardSwish<TLanes, TVector>(), rows);
                break;
            case ActivationKind.Sigmoid:
                Map(default(Sigmoid<TLanes, TVector>), rows);
                break;
            case ActivationKind.Silu:
                Map(default(Silu<TLanes, TVector>), rows);
                break;
            case ActivationKind.Tanh:
                Map(default(Tanh<TLanes, TVector>), rows);
                break;
            case ActivationKind.Exp:
                Map(default(Exponential<TLanes, TVector>), rows);
                break;
            default:
                throw new ArgumentOutOfRangeException(
                    nameof(activation), activation.Kind, "no such activation");
        }
    }

    internal override void Interleave(float* a, float* b, float* y, int count)
    {
        int lanes = TLanes.Count;
        for (; count >= lanes; count -= lanes)
        {
            TLanes.StoreInterleaved(y, TLanes.Load(a), TLanes.Load(b));
            a += lanes;
            b += lanes;
            y += 2 * lanes;
        }

        for (; count > 0; count--)
        {
            *y++ = *a++;
            *y++ = *b++;
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

    private static void Map<TFunction>(TFunction function, ElementRows rows)
        where TFunction : struct, IFunction<TVector>
    {
        int lanes = TLanes.Count;
        float* source = rows.Source;
        float* target = rows.Target;
        long total = rows.Count, stride = rows.Stride;
        for (int row = rows.Rows; row > 0; row--, source += stride, target += stride)
        {
            float* x = source;
            float* y = target;
            long count = total;
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
}
