namespace EdgeConv.Kernels.Convolution;

/// <summary>The outputs whose taps all lie inside the image.</summary>
/// <param name="Top">First row.</param>
/// <param name="Bottom">The row behind the last; at least <paramref name="Top"/>.</param>
/// <param name="Left">First column.</param>
/// <param name="Width">Number of columns, at least 0.</param>
internal readonly record struct InnerRectangle(int Top, int Bottom, int Left, int Width)
{
    /// <summary>The rectangle of a convolution.</summary>
    public static InnerRectangle Of(ConvolutionShape shape)
    {
        int tall = (shape.KernelHeight - 1) * shape.DilationY;
        int wide = (shape.KernelWidth - 1) * shape.DilationX;
        (int top, int bottom) =
            Inner(shape.PadTop, shape.StrideY, shape.InputHeight - tall, shape.OutputHeight);
        (int left, int right) =
            Inner(shape.PadLeft, shape.StrideX, shape.InputWidth - wide, shape.OutputWidth);
        return new InnerRectangle(top, bottom, left, right - left);
    }

    // places: how many places of tap 0 inside the image leave the last tap inside too.
    private static (int Start, int End) Inner(int pad, int stride, int places, int outputs)
    {
        int start = Math.Min((pad + stride - 1) / stride, outputs);
        int last = places - 1 + pad;
        int end = places < 1 ? 0 : (last / stride) + 1;
        return (start, Math.Clamp(end, start, outputs));
    }
}
