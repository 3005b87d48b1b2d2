using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>Copies rows of a plane into a band as <see cref="DepthwiseGeometry"/> draws it.</summary>
/// <remarks>
/// Padding columns are zero from the start and stay so: each row writes the same columns, and a partial vector writes
/// zeros behind its end.
/// </remarks>
internal static unsafe class PaddedRows<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Fills the whole band for the output rows from <paramref name="row"/> on.</summary>
    public static void Fill(
        in ConvolutionShape shape, in DepthwiseGeometry geometry, float* plane, int row, float* band)
    {
        int first = (row * shape.StrideY) - shape.PadTop;
        int rows = (int)(geometry.BandLength / geometry.RowLength);
        for (int iy = first; iy < first + rows; iy++)
        {
            float* source = plane + ((long)iy * shape.InputWidth);
            if (iy < 0 || iy >= shape.InputHeight)
                new Span<float>(band, geometry.RowLength).Clear();
            else if (shape.StrideX == 1)
                CopyRow(source, band + shape.PadLeft, shape.InputWidth);
            else if (shape.StrideX == 2)
                SplitRow(shape, geometry, source, band);
            else
                ScatterRow(shape, geometry, source, band);
            band += geometry.RowLength;
        }
    }

    private static void CopyRow(float* source, float* destination, int count)
    {
        int lanes = TLanes.Count;
        for (; count >= lanes; count -= lanes)
        {
            TLanes.Store(destination, TLanes.Load(source));
            source += lanes;
            destination += lanes;
        }

        if (count != 0)
            TLanes.Store(destination, TLanes.LoadPartial(source, count));
    }

    // Column 0 goes to phase 0 when the left padding is even, to phase 1 when it is odd.
    private static void SplitRow(
        in ConvolutionShape shape, in DepthwiseGeometry geometry, float* source, float* row)
    {
        int lanes = TLanes.Count;
        int place = shape.PadLeft / 2;
        bool isOdd = (shape.PadLeft & 1) != 0;
        float* evens = isOdd ? row + geometry.PhaseLength + place : row + place;
        float* odds = isOdd ? row + place + 1 : row + geometry.PhaseLength + place;
        int count = shape.InputWidth;
        for (; count >= 2 * lanes; count -= 2 * lanes)
        {
            TLanes.Deinterleave(source, out TVector even, out TVector odd);
            TLanes.Store(evens, even);
            TLanes.Store(odds, odd);
            source += 2 * lanes;
            evens += lanes;
            odds += lanes;
        }

        for (; count > 1; count -= 2)
        {
            *evens++ = *source++;
            *odds++ = *source++;
        }

        if (count != 0)
            *evens = *source;
    }

    private static void ScatterRow(
        in ConvolutionShape shape, in DepthwiseGeometry geometry, float* source, float* row)
    {
        int phase = shape.PadLeft % shape.StrideX;
        int place = shape.PadLeft / shape.StrideX;
        for (int column = 0; column < shape.InputWidth; column++)
        {
            row[(phase * geometry.PhaseLength) + place] = source[column];
            if (++phase == shape.StrideX)
            {
                phase = 0;
                place++;
            }
        }
    }
}
