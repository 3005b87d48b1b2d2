namespace EdgeConv.Kernels.Pooling;

/// <summary>The taps of one output that lie inside the image.</summary>
/// <param name="FirstPixel">The first of them.</param>
/// <param name="Rows">Rows of taps.</param>
/// <param name="Columns">Taps of a row.</param>
/// <param name="RowStep">Pixels from one row of taps to the next.</param>
/// <param name="ColumnStep">Pixels from one tap of a row to the next.</param>
internal readonly record struct Window(
    long FirstPixel, int Rows, int Columns, long RowStep, int ColumnStep)
{
    /// <summary>The window of output <paramref name="oy"/>, <paramref name="ox"/>.</summary>
    public static Window At(PoolingShape shape, int oy, int ox)
    {
        int top = (oy * shape.StrideY) - shape.PadTop, left = (ox * shape.StrideX) - shape.PadLeft;
        (int ky, int kyEnd) = WindowShape.TapsInside(top, shape.KernelHeight, shape.DilationY, 0, shape.InputHeight);
        (int kx, int kxEnd) = WindowShape.TapsInside(left, shape.KernelWidth, shape.DilationX, 0, shape.InputWidth);
        long row = top + (ky * shape.DilationY);
        return new Window(
            (row * shape.InputWidth) + left + (kx * shape.DilationX),
            kyEnd - ky,
            kxEnd - kx,
            (long)shape.DilationY * shape.InputWidth,
            shape.DilationX);
    }

    /// <summary>Number of taps inside the image with its padding.</summary>
    public static int CountPadded(PoolingShape shape, int oy, int ox)
    {
        int top = (oy * shape.StrideY) - shape.PadTop, left = (ox * shape.StrideX) - shape.PadLeft;
        (int ky, int kyEnd) = WindowShape.TapsInside(
            top, shape.KernelHeight, shape.DilationY, -shape.PadTop, shape.InputHeight + shape.PadBottom);
        (int kx, int kxEnd) = WindowShape.TapsInside(
            left, shape.KernelWidth, shape.DilationX, -shape.PadLeft, shape.InputWidth + shape.PadRight);
        return (kyEnd - ky) * (kxEnd - kx);
    }
}
