using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>Copies rows of a plane into a band as <see cref="DepthwiseGeometry"/> draws it.</summary>
/// <remarks>
/// Padding columns are zero from the start and stay so: each row writes the same columns, and a partial
/// vector writes zeros behind its end.
/// </remarks>
internal static unsafe class PaddedRows<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Fills the whole band for the output rows from <paramref name="row"/> on.</summary>
    public static void Fill(
        ConvolutionShape shape, in DepthwiseGeometry geometry, float* plane, int row, float* band)
    {
        int first = (row * shape.StrideY) - shape.PadTop;
        for (int iy = first; iy < first + geometry.BandInputRows; iy++)
        {
            float* source = plane + ((long)iy * shape.InputWidth);
            if (iy < 0 || iy >= shape.InputHeight)
                Clear(geometry, shape, band);
            else if (shape.StrideX == 1)
                CopyRow(source, band + geometry.FirstColumn, shape.InputWidth);
            else if (shape.StrideX == 2)
                SplitRow(shape, geometry, source, band);
            else
                ScatterRow(shape, geometry, source, band);
            band += geometry.RowLength;
        }
    }

    // When the plane is one band, no input row ever takes the place of a row of padding.
    private static void Clear(in DepthwiseGeometry geometry, ConvolutionShape shape, float* row)
    {
        if (geometry.BandRows < shape.OutputHeight)
            new Span<float>(row, geometry.RowLength).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SplitRow(
        ConvolutionShape shape, in DepthwiseGeometry geometry, float* source, float* row)
    {
        int lanes = TLanes.Count;
        float* evens = row + geometry.FirstColumn;
        float* odds = row + geometry.SecondColumn;
        int count = shape.InputWidth;
        for (; count >= 2 * lanes; count -= 2 * lanes)
        {
            TLanes.Deinterleave(
                TLanes.Load(source), TLanes.Load(source + lanes), out TVector even, out TVector odd);
            TLanes.Store(evens, even);
            TLanes.Store(odds, odd);
            source += 2 * lanes;
            evens += lanes;
            odds += lanes;
        }

        if (count != 0)
        {
            TVector low = count >= lanes ? TLanes.Load(source) : TLanes.LoadPartial(source, count);
            TVector high = count > lanes
                ? TLanes.LoadPartial(source + lanes, count - lanes)
                : TLanes.Broadcast(0);
            TLanes.Deinterleave(low, high, out TVector even, out TVector odd);
            TLanes.Store(evens, even);
            TLanes.Store(odds, odd);
        }
    }

    private static void ScatterRow(
        ConvolutionShape shape, in DepthwiseGeometry geometry, float* source, float* row)
    {
        int stride = shape.StrideX;
        for (int phase = 0; phase < Math.Min(stride, shape.InputWidth); phase++)
        {
            float* destination = row + geometry.InputColumn(shape, phase);
            for (int column = phase; column < shape.InputWidth; column += stride)
                *destination++ = source[column];
        }
    }
}
