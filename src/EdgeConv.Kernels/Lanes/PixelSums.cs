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
    private const int MostLanes = 16;

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

    /// <summary>Channels of <see cref="WideMeans"/>: whole cache lines of a pixel.</summary>
    public static int WideCount => 4 * TLanes.Count;

    /// <summary>Means of four vectors of channels, each summed over even and odd pixels.</summary>
    public static void WideMeans(float* x, int pixels, int stride, float* mean)
    {
        int count = WideCount;
        double* totals = stackalloc double[4 * MostLanes];
        float* parts = stackalloc float[4 * MostLanes];
        new Span<double>(totals, count).Clear();
        for (int start = 0; start < pixels; start += 2 * Chunk)
        {
            int part = Math.Min(2 * Chunk, pixels - start);
            AddWide(x + ((long)start * stride), part, stride, parts);
            for (int channel = 0; channel < count; channel++)
                totals[channel] += parts[channel];
        }

        for (int channel = 0; channel < count; channel++)
            mean[channel] = (float)(totals[channel] / pixels);
    }

    private static void AddWide(float* x, int pixels, long stride, float* sums)
    {
        int lanes = TLanes.Count;
        TVector even0 = TLanes.Broadcast(0), even1 = even0, even2 = even0, even3 = even0;
        TVector odd0 = even0, odd1 = even0, odd2 = even0, odd3 = even0;
        for (; pixels >= 2; pixels -= 2)
        {
            even0 = TLanes.Add(even0, TLanes.Load(x));
            even1 = TLanes.Add(even1, TLanes.Load(x + lanes));
            even2 = TLanes.Add(even2, TLanes.Load(x + (2 * lanes)));
            even3 = TLanes.Add(even3, TLanes.Load(x + (3 * lanes)));
            x += stride;
            odd0 = TLanes.Add(odd0, TLanes.Load(x));
            odd1 = TLanes.Add(odd1, TLanes.Load(x + lanes));
            odd2 = TLanes.Add(odd2, TLanes.Load(x + (2 * lanes)));
            odd3 = TLanes.Add(odd3, TLanes.Load(x + (3 * lanes)));
            x += stride;
        }

        if (pixels != 0)
        {
            even0 = TLanes.Add(even0, TLanes.Load(x));
            even1 = TLanes.Add(even1, TLanes.Load(x + lanes));
            even2 = TLanes.Add(even2, TLanes.Load(x + (2 * lanes)));
            even3 = TLanes.Add(even3, TLanes.Load(x + (3 * lanes)));
        }

        TLanes.Store(sums, TLanes.Add(even0, odd0));
        TLanes.Store(sums + lanes, TLanes.Add(even1, odd1));
        TLanes.Store(sums + (2 * lanes), TLanes.Add(even2, odd2));
        TLanes.Store(sums + (3 * lanes), TLanes.Add(even3, odd3));
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
