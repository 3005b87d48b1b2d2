namespace EdgeConv.Kernels.Lanes;

/// <summary>
/// Sums over pixels of one vector of channels that lose little: partial sums of a chunk in the lanes, whose
/// totals add up in double.
/// </summary>
internal static unsafe class PixelSums<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Chunk = 64;
    private const int MostLanes = 8;

    /// <summary>
    /// Mean and, unless null, population variance of each lane's channel over pixels <paramref
    /// name="stride"/> floats apart. The variance is measured from the rounded mean and corrected for the
    /// rounding, so that a mean far from zero costs it no digits.
    /// </summary>
    public static void Statistics(float* x, int pixels, int stride, float* mean, float* variance)
    {
        double* sums = stackalloc double[MostLanes];
        double* squares = stackalloc double[MostLanes];
        float* origin = stackalloc float[MostLanes];
        new Span<float>(origin, MostLanes).Clear();
        Add(x, pixels, stride, origin, sums, squares);
        for (int lane = 0; lane < TLanes.Count; lane++)
            mean[lane] = origin[lane] = (float)(sums[lane] / pixels);
        if (variance is null)
            return;
        Add(x, pixels, stride, origin, sums, squares);
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            double rest = sums[lane] / pixels;
            mean[lane] = (float)(origin[lane] + rest);
            variance[lane] = (float)Math.Max(0, (squares[lane] / pixels) - (rest * rest));
        }
    }

    // Σ (x - origin) and Σ (x - origin)² of each lane.
    private static void Add(float* x, int pixels, int stride, float* origin, double* sums, double* squares)
    {
        new Span<double>(sums, MostLanes).Clear();
        new Span<double>(squares, MostLanes).Clear();
        float* parts = stackalloc float[2 * MostLanes];
        TVector zero = TLanes.Load(origin);
        for (int start = 0; start < pixels; start += Chunk)
        {
            TVector sum = TLanes.Broadcast(0), square = sum;
            for (int pixel = Math.Min(Chunk, pixels - start); pixel > 0; pixel--, x += stride)
            {
                TVector difference = TLanes.Subtract(TLanes.Load(x), zero);
                sum = TLanes.Add(sum, difference);
                square = TLanes.MultiplyAdd(difference, difference, square);
            }

            TLanes.Store(parts, sum);
            TLanes.Store(parts + MostLanes, square);
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                sums[lane] += parts[lane];
                squares[lane] += parts[MostLanes + lane];
            }
        }
    }
}
