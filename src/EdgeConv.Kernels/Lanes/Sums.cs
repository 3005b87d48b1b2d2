namespace EdgeConv.Kernels.Lanes;

/// <summary>
/// Sums of many floats that lose little: four vectors of partial sums over a chunk, whose totals add up in
/// double.
/// </summary>
internal static unsafe class Sums<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const long Chunk = 1024;

    /// <summary>Σ x[i].</summary>
    public static double Of(float* x, long count) => OfDifferences(x, 0, count, out _);

    /// <summary>Σ (x[i] - origin), and Σ (x[i] - origin)² in <paramref name="squares"/>.</summary>
    public static double OfDifferences(float* x, float origin, long count, out double squares)
    {
        double total = 0;
        squares = 0;
        for (; count > 0; count -= Chunk)
        {
            total += OfChunk(x, origin, Math.Min(Chunk, count), out double part);
            squares += part;
            x += Chunk;
        }

        return total;
    }

    private static double OfChunk(float* x, float origin, long count, out double squares)
    {
        int lanes = TLanes.Count;
        TVector zero = TLanes.Broadcast(origin);
        TVector sum0 = TLanes.Broadcast(0), sum1 = sum0, square0 = sum0, square1 = sum0;
        for (; count >= 2 * lanes; count -= 2 * lanes)
        {
            TVector difference0 = TLanes.Subtract(TLanes.Load(x), zero);
            TVector difference1 = TLanes.Subtract(TLanes.Load(x + lanes), zero);
            sum0 = TLanes.Add(sum0, difference0);
            sum1 = TLanes.Add(sum1, difference1);
            square0 = TLanes.MultiplyAdd(difference0, difference0, square0);
            square1 = TLanes.MultiplyAdd(difference1, difference1, square1);
            x += 2 * lanes;
        }

        double total = TLanes.Sum(TLanes.Add(sum0, sum1));
        squares = TLanes.Sum(TLanes.Add(square0, square1));
        for (; count > 0; count--)
        {
            double difference = *x++ - origin;
            total += difference;
            squares += difference * difference;
        }

        return total;
    }
}
