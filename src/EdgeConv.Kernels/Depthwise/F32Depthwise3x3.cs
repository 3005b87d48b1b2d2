using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// 3x3 of any stride and dilation: strips one vector wide down the band with all nine weights in registers.
/// With vertical stride and dilation 1 two output rows share their two middle input rows. Each output is two
/// chains of additions, so that enough of them are under way at once.
/// </summary>
internal sealed unsafe class F32Depthwise3x3<TLanes, TVector>(
    ElementwiseKernel elementwise,
    ConvolutionShape shape,
    ReadOnlySpan<float> weights,
    ReadOnlySpan<float> bias)
    : DepthwiseLayer<TLanes, TVector>(elementwise, shape, weights, bias)
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly StripSteps _steps = new(shape, new DepthwiseGeometry(shape, TLanes.Count));

    public override string KernelName => "F32Depthwise3x3" + TLanes.Set;

    private protected override void Strip(float* weights, float* x, float* y, in Target target)
    {
        if (Shape.StrideY == 1 && Shape.DilationY == 1 && target.Rows > 1)
            Pairs(weights, x + _steps.First, y, _steps, target);
        else
            Singles(weights, x + _steps.First, y, _steps, target);
    }

    private static void Singles(float* weights, float* x, float* y, in StripSteps steps, in Target target)
    {
        TVector bias = TLanes.LoadBroadcast(weights);
        TVector w00 = TLanes.LoadBroadcast(weights + 1);
        TVector w01 = TLanes.LoadBroadcast(weights + 2);
        TVector w02 = TLanes.LoadBroadcast(weights + 3);
        TVector w10 = TLanes.LoadBroadcast(weights + 4);
        TVector w11 = TLanes.LoadBroadcast(weights + 5);
        TVector w12 = TLanes.LoadBroadcast(weights + 6);
        TVector w20 = TLanes.LoadBroadcast(weights + 7);
        TVector w21 = TLanes.LoadBroadcast(weights + 8);
        TVector w22 = TLanes.LoadBroadcast(weights + 9);
        nint second = steps.Second, third = steps.Third, down = steps.Down;
        nint next = steps.Next, width = target.Width;
        for (int row = target.Rows; row > 0; row--)
        {
            float* x1 = x + down;
            float* x2 = x1 + down;
            TVector a0 = TLanes.MultiplyAdd(w00, TLanes.Load(x), bias);
            TVector a1 = TLanes.Multiply(w10, TLanes.Load(x1));
            a0 = TLanes.MultiplyAdd(w01, TLanes.Load(x + second), a0);
            a1 = TLanes.MultiplyAdd(w11, TLanes.Load(x1 + second), a1);
            a0 = TLanes.MultiplyAdd(w02, TLanes.Load(x + third), a0);
            a1 = TLanes.MultiplyAdd(w12, TLanes.Load(x1 + third), a1);
            a0 = TLanes.MultiplyAdd(w20, TLanes.Load(x2), a0);
            a1 = TLanes.MultiplyAdd(w21, TLanes.Load(x2 + second), a1);
            a0 = TLanes.MultiplyAdd(w22, TLanes.Load(x2 + third), a0);
            target.Store(y, TLanes.Add(a0, a1));
            x += next;
            y += width;
        }
    }

    // An odd number of rows ends with a pair that computes the last but one again.
    private static void Pairs(float* weights, float* x, float* y, in StripSteps steps, in Target target)
    {
        TVector bias = TLanes.LoadBroadcast(weights);
        TVector w00 = TLanes.LoadBroadcast(weights + 1);
        TVector w01 = TLanes.LoadBroadcast(weights + 2);
        TVector w02 = TLanes.LoadBroadcast(weights + 3);
        TVector w10 = TLanes.LoadBroadcast(weights + 4);
        TVector w11 = TLanes.LoadBroadcast(weights + 5);
        TVector w12 = TLanes.LoadBroadcast(weights + 6);
        TVector w20 = TLanes.LoadBroadcast(weights + 7);
        TVector w21 = TLanes.LoadBroadcast(weights + 8);
        TVector w22 = TLanes.LoadBroadcast(weights + 9);
        nint second = steps.Second, third = steps.Third, down = steps.Down, width = target.Width;
        for (int left = target.Rows; left > 0; left -= 2)
        {
            if (left == 1)
            {
                x -= down;
                y -= width;
            }

            TVector x00 = TLanes.Load(x);
            TVector x01 = TLanes.Load(x + second);
            TVector x02 = TLanes.Load(x + third);
            x += down;
            TVector a0 = TLanes.MultiplyAdd(w00, x00, bias);
            a0 = TLanes.MultiplyAdd(w01, x01, a0);
            a0 = TLanes.MultiplyAdd(w02, x02, a0);
            TVector x10 = TLanes.Load(x);
            TVector x11 = TLanes.Load(x + second);
            TVector x12 = TLanes.Load(x + third);
            x += down;
            TVector a1 = TLanes.Multiply(w10, x10);
            TVector b0 = TLanes.MultiplyAdd(w00, x10, bias);
            a1 = TLanes.MultiplyAdd(w11, x11, a1);
            b0 = TLanes.MultiplyAdd(w01, x11, b0);
            a1 = TLanes.MultiplyAdd(w12, x12, a1);
            b0 = TLanes.MultiplyAdd(w02, x12, b0);
            TVector x20 = TLanes.Load(x);
            TVector x21 = TLanes.Load(x + second);
            TVector x22 = TLanes.Load(x + third);
            float* x3 = x + down;
            a0 = TLanes.MultiplyAdd(w20, x20, a0);
            TVector b1 = TLanes.Multiply(w10, x20);
            a1 = TLanes.MultiplyAdd(w21, x21, a1);
            b1 = TLanes.MultiplyAdd(w11, x21, b1);
            a0 = TLanes.MultiplyAdd(w22, x22, a0);
            b1 = TLanes.MultiplyAdd(w12, x22, b1);
            b0 = TLanes.MultiplyAdd(w20, TLanes.Load(x3), b0);
            b1 = TLanes.MultiplyAdd(w21, TLanes.Load(x3 + second), b1);
            b0 = TLanes.MultiplyAdd(w22, TLanes.Load(x3 + third), b0);
            target.Store(y, TLanes.Add(a0, a1));
            target.Store(y + width, TLanes.Add(b0, b1));
            y += 2 * width;
        }
    }

    /// <summary>Distances in the band, in floats.</summary>
    private readonly struct StripSteps(ConvolutionShape shape, in DepthwiseGeometry geometry)
    {
        /// <summary>From the start of a row to the first tap of output 0.</summary>
        public nint First { get; } = geometry.TapColumn(shape, 0);

        /// <summary>From the first tap to the second.</summary>
        public nint Second { get; } = geometry.TapColumn(shape, 1) - geometry.TapColumn(shape, 0);

        /// <summary>From the first tap to the third.</summary>
        public nint Third { get; } = geometry.TapColumn(shape, 2) - geometry.TapColumn(shape, 0);

        /// <summary>To the next row of taps.</summary>
        public nint Down { get; } = (nint)shape.DilationY * geometry.RowLength;

        /// <summary>To the next row of outputs.</summary>
        public nint Next { get; } = (nint)shape.StrideY * geometry.RowLength;
    }
}
