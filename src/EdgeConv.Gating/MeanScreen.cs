using System.Numerics;
using System.Runtime.InteropServices;
using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>
/// Says which of many means can be the nearest to u, from means rounded to bytes, a quarter of what the means
/// themselves are to read. None that single precision would call nearest is left out. No allocation after
/// construction. Not thread-safe.
/// </summary>
/// <remarks>
/// ‖u − v_c‖² = ‖u‖² + ‖v_c‖² − 2 u·v_c. With v_c ≈ s ∘ q_c and s ∘ u ≈ t x in integers, u·v_c is about
/// t x·q_c, which is exact. By the Cauchy-Schwarz inequality that is off by at most
/// ‖u‖ max ‖v_c − s ∘ q_c‖ + ‖s ∘ u − t x‖ max ‖q_c‖. A mean is left out when its score
/// ‖v_c‖² − 2 t x·q_c lies above the least score by more than both may be off, and more than the distances'
/// rounding in single precision.
/// </remarks>
internal sealed class MeanScreen
{
    // Above, squares and their sums over 65,535 features might overflow.
    private const float GreatestMagnitude = 1L << 50;
    private const float GreatestSquare = GreatestMagnitude * GreatestMagnitude;
    private const double Roundoff = 1.0 / (1 << 24);

    // Measured: 100 means of 32 features take longer so, as u has to be rounded; 100 of 640 and 1000 of 32
    // take less. Rows of few features are filled up and then no less to read.
    private const int LeastClasses = 32;
    private const int LeastDimension = 16;
    private const int LeastElements = 16_384;
    private const int MostElements = 1 << 28;

    private readonly RoundedMeans _means;
    private readonly int _dimension;
    private readonly short[] _rounded;
    private readonly int[] _products;
    private float _factor;
    private float _limit;

    private MeanScreen(RoundedMeans means, int dimension)
    {
        _means = means;
        _dimension = dimension;
        _rounded = new short[I8Products.PaddedColumns(dimension)];
        _products = new int[means.Squares.Length];
    }

    /// <summary>
    /// A screen of <paramref name="means"/> <c>[K,d]</c>; null where it would not pay, or where a mean is not
    /// finite or astronomically far.
    /// </summary>
    public static MeanScreen? Of(ReadOnlySpan<float> means, int dimension)
    {
        bool pays = means.Length is >= LeastElements and <= MostElements && dimension >= LeastDimension
            && means.Length / dimension >= LeastClasses;
        if (!pays)
            return null;
        foreach (float value in means)
        {
            if (!(Math.Abs(value) < GreatestMagnitude))
                return null;
        }

        return new MeanScreen(new RoundedMeans(means, dimension), dimension);
    }

    /// <summary>Looks at <paramref name="u"/> <c>[d]</c>, for <see cref="Next"/>.</summary>
    /// <returns>
    /// False when nothing can be told, as u is not finite or astronomically far: each mean is a candidate.
    /// </returns>
    public bool TryLook(ReadOnlySpan<float> u)
    {
        float square = F32Distance.Dot(u, u);
        if (!(square < GreatestSquare))
            return false;
        float step = I16Rounding.Round(u, _means.Scales, _rounded);
        I8Products.Multiply(_means.Bytes.Span, _rounded, _products);
        GC.KeepAlive(_means.Bytes);
        _factor = -2 * step;
        double least = Least();
        double error = ScoreError(square, step);
        // (1 + γ) / (1 − γ) times the nearest's distance, and what squares below the normal numbers lose.
        // Where ‖u‖² itself is lost, the scores' rounding is greater than what ‖u‖ would add to their error.
        double distance = square * 1.001 + least + error;
        double rounding = 2.1 * F32Distance.SquaredError(_dimension) * distance + 1e-30;
        _limit = MathF.BitIncrement((float)(least + 2 * error + rounding));
        return true;
    }

    /// <summary>
    /// The first mean at or behind <paramref name="c"/> that can be the nearest; K or more when none is left.
    /// </summary>
    public int Next(int c)
    {
        Vector<float> limit = new(_limit);
        while (c + Vector<float>.Count <= _products.Length && !Vector.LessThanOrEqualAny(Scores(c), limit))
            c += Vector<float>.Count;
        while (c < _products.Length && !(Score(c) <= _limit))
            c++;
        return c;
    }

    // By how much a score may be off. The factors cover the roundings of what they multiply.
    private double ScoreError(double square, double step)
    {
        double length = Math.Sqrt(square) * 1.001;
        double rounded = step * Math.Sqrt(_dimension) * I16Rounding.GreatestError;
        double products = 2.001 * (length * _means.GreatestError + rounded * _means.GreatestLength);
        // A square, a product converted and multiplied, and their sum are rounded. |2 t x·q_c| is at most
        // twice the product of the lengths, and what it is off.
        double sizes = _means.GreatestSquare + 2 * length * Math.Sqrt(_means.GreatestSquare) + products;
        return products + 8 * Roundoff * sizes;
    }

    private float Least()
    {
        Vector<float> least = new(float.PositiveInfinity);
        int i = 0;
        for (; i + Vector<float>.Count <= _products.Length; i += Vector<float>.Count)
            least = Vector.Min(least, Scores(i));
        float result = float.PositiveInfinity;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
            result = Math.Min(result, least[lane]);
        for (; i < _products.Length; i++)
            result = Math.Min(result, Score(i));
        return result;
    }

    private Vector<float> Scores(int c)
    {
        Vector<int> products = Vector.LoadUnsafe(ref _products[0], (nuint)c);
        Vector<float> squares = Vector.LoadUnsafe(ref MemoryMarshal.GetReference(_means.Squares), (nuint)c);
        return squares + Vector.ConvertToSingle(products) * new Vector<float>(_factor);
    }

    private float Score(int c) => _means.Squares[c] + _products[c] * _factor;
}
