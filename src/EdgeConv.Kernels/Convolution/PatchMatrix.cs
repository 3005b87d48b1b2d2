using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Convolution;

/// <summary>Writes the patches under a kernel as the columns of a matrix (im2col).</summary>
internal abstract unsafe class PatchMatrix
{
    /// <summary>
    /// matrix[(ci KH + ky) KW + kx, (oy - row) W' + ox] = x[ci, oy sy + ky dy - top, ox sx + kx dx - left]
    /// for the input channels of one group and <paramref name="rows"/> output rows from
    /// <paramref name="row"/> on.
    /// </summary>
    public abstract void Fill(ConvolutionShape shape, float* x, int row, int rows, float* matrix);
}

/// <summary>The patches in one instruction set.</summary>
internal sealed unsafe class F32PatchMatrix<TLanes, TVector> : PatchMatrix
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override void Fill(ConvolutionShape shape, float* x, int row, int rows, float* matrix)
    {
        int channels = shape.InputChannels / shape.Groups;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int ky = 0; ky < shape.KernelHeight; ky++)
            {
                for (int kx = 0; kx < shape.KernelWidth; kx++)
                {
                    for (int oy = row; oy < row + rows; oy++)
                    {
                        int iy = (oy * shape.StrideY) + (ky * shape.DilationY) - shape.PadTop;
                        FillRow(shape, x, iy, kx, matrix);
                        matrix += shape.OutputWidth;
                    }
                }
            }

            x += shape.InputPixels;
        }
    }

    private static void FillRow(ConvolutionShape shape, float* plane, int iy, int kx, float* row)
    {
        int stride = shape.StrideX;
        int first = (kx * shape.DilationX) - shape.PadLeft;
        int start = first >= 0 ? 0 : Math.Min(shape.OutputWidth, (-first + stride - 1) / stride);
        int end = first >= shape.InputWidth ? 0 : ((shape.InputWidth - 1 - first) / stride) + 1;
        end = Math.Max(start, Math.Min(shape.OutputWidth, end));
        if (iy < 0 || iy >= shape.InputHeight)
            start = end = shape.OutputWidth;
        for (int i = 0; i < start; i++)
            row[i] = 0;
        float* source = plane + ((long)iy * shape.InputWidth) + first + ((long)start * stride);
        Copy(source, stride, row + start, end - start);
        for (int i = end; i < shape.OutputWidth; i++)
            row[i] = 0;
    }

    private static void Copy(float* x, int stride, float* y, int count)
    {
        int lanes = TLanes.Count;
        if (stride == 1)
        {
            for (; count >= lanes; count -= lanes)
            {
                TLanes.Store(y, TLanes.Load(x));
                x += lanes;
                y += lanes;
            }
        }
        else if (stride == 2)
        {
            // One vector is left to the scalar loop: the last odd element may lie behind the input.
            for (; count > lanes; count -= lanes)
            {
                TLanes.Deinterleave(TLanes.Load(x), TLanes.Load(x + lanes), out TVector even, out _);
                TLanes.Store(y, even);
                x += 2 * lanes;
                y += lanes;
            }
        }

        for (; count > 0; count--)
        {
            *y++ = *x;
            x += stride;
        }
    }
}
