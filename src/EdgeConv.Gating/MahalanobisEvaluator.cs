using EdgeConv.Kernels;
using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>
/// Means that share one covariance Σ = L Lᵀ, in single precision and ready to evaluate; part of a
/// fingerprint. Features are centred before they are whitened, so that a large common offset costs no
/// precision.
/// </summary>
public sealed record WhitenedGaussian
{
    /// <summary>Mean m over all data <c>[d]</c>.</summary>
    public required float[] Centre { get; init; }

    /// <summary>
    /// L as <see cref="PackedLower"/> [d(d+1)/2], or the standard deviations <c>[d]</c> of a diagonal Σ;
    /// a diagonal above 0.
    /// </summary>
    public required float[] Factor { get; init; }

    /// <summary>v_c = L⁻¹ (μ_c − m), <c>[K,d]</c>.</summary>
    public required float[] Means { get; init; }

    /// <summary>ln det Σ, twice the sum of the logarithms of the factor's diagonal.</summary>
    public double LogDeterminant
    {
        get
        {
            bool isDiagonal = Factor.Length == Centre.Length;
            double sum = 0;
            for (int i = 0; i < Centre.Length; i++)
                sum += Math.Log(Factor[isDiagonal ? i : PackedLower.Diagonal(i)]);
            return 2 * sum;
        }
    }

    /// <summary>
    /// Whether every value is finite and the diagonal of the factor a normal number above 0.
    /// </summary>
    public bool IsUsable()
    {
        bool isDiagonal = Factor.Length == Centre.Length;
        for (int i = 0; i < Centre.Length; i++)
        {
            float deviation = Factor[isDiagonal ? i : PackedLower.Diagonal(i)];
            if (!(deviation > 0 && float.IsNormal(deviation)))
                return false;
        }

        return Centre.All(float.IsFinite) && Factor.All(float.IsFinite) && Means.All(float.IsFinite);
    }
}

/// <summary>
/// Squared Mahalanobis distance to the nearest of K means: u = L⁻¹ (f − m) once, then ‖u − v_c‖² for each;
/// d²/2 + K d multiply-adds (2 d for a diagonal covariance), no allocation. Of many means only those that can
/// be the nearest are compared, see <see cref="MeanScreen"/>; the result is that of all. Not thread-safe.
/// </summary>
public sealed class MahalanobisEvaluator
{
    private readonly WhitenedGaussian _gaussian;
    private readonly NativeArray<float> _packed;
    private readonly MeanScreen? _screen;
    private readonly float[] _whitened;
    private readonly float[] _difference;
    private readonly float[] _error;
    private readonly bool _isDiagonal;

    /// <summary>Packs the factor of <paramref name="gaussian"/> for the kernels.</summary>
    /// <exception cref="ArgumentException">
    /// The factor is neither triangular nor diagonal of order d.
    /// </exception>
    public MahalanobisEvaluator(WhitenedGaussian gaussian)
    {
        ArgumentNullException.ThrowIfNull(gaussian);
        _gaussian = gaussian;
        int dimension = gaussian.Centre.Length;
        _isDiagonal = gaussian.Factor.Length == dimension;
        _packed = new NativeArray<float>(gaussian.Factor.Length);
        _screen = MeanScreen.Of(gaussian.Means, dimension);
        _whitened = new float[dimension];
        _difference = new float[dimension];
        _error = new float[dimension];
        if (_isDiagonal)
            Reciprocals(gaussian.Factor, _packed.Span);
        else
            F32TriangularSolve.Pack(gaussian.Factor, dimension, _packed.Span);
    }

    /// <summary>Features d.</summary>
    public int Dimension => _whitened.Length;

    /// <summary>The mean that was nearest at the last evaluation.</summary>
    public int Nearest { get; private set; }

    /// <summary>
    /// Squared distance of <paramref name="features"/> <c>[d]</c>; may overflow to infinity or NaN.
    /// </summary>
    public float SquaredDistance(ReadOnlySpan<float> features)
    {
        ReadOnlySpan<float> centre = _gaussian.Centre;
        for (int i = 0; i < _whitened.Length; i++)
            _whitened[i] = features[i] - centre[i];
        if (_isDiagonal)
            Multiply(_whitened, _packed.Span);
        else
            F32TriangularSolve.Forward(_packed.Span, _whitened);
        GC.KeepAlive(_packed);
        return FindNearest();
    }

    /// <summary>
    /// Adds factor · e_i (Σ⁻¹ e)_i of the last evaluation to each element, where e is the difference to the
    /// nearest mean; the terms sum to factor times the squared distance and may be negative.
    /// </summary>
    public void AddContributions(Span<float> destination, float factor)
    {
        ReadOnlySpan<float> mean = _gaussian.Means.AsSpan(Nearest * Dimension, Dimension);
        for (int i = 0; i < _difference.Length; i++)
            _difference[i] = _whitened[i] - mean[i];
        if (_isDiagonal)
            AddSquares(destination, factor);
        else
            AddProducts(destination, factor);
    }

    private float FindNearest()
    {
        MeanScreen? screen = _screen is { } made && made.TryLook(_whitened) ? made : null;
        int classes = _gaussian.Means.Length / Dimension;
        float best = float.PositiveInfinity;
        Nearest = 0;
        for (int c = screen?.Next(0) ?? 0; c < classes; c = screen?.Next(c + 1) ?? c + 1)
        {
            float distance = F32Distance.Squared(_whitened, _gaussian.Means.AsSpan(c * Dimension, Dimension));
            if (!(distance < best))
                continue;
            best = distance;
            Nearest = c;
        }

        return best;
    }

    private void AddSquares(Span<float> destination, float factor)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] += factor * _difference[i] * _difference[i];
    }

    // With z = L⁻¹ e in _difference: e = L z, and Σ⁻¹ e = L⁻ᵀ z.
    private void AddProducts(Span<float> destination, float factor)
    {
        for (int i = 0; i < Dimension; i++)
        {
            ReadOnlySpan<float> row = _gaussian.Factor.AsSpan(PackedLower.RowStart(i), i + 1);
            _error[i] = F32Distance.Dot(row, _difference.AsSpan(0, i + 1));
        }

        F32TriangularSolve.Backward(_packed.Span, _difference);
        GC.KeepAlive(_packed);
        for (int i = 0; i < destination.Length; i++)
            destination[i] += factor * _error[i] * _difference[i];
    }

    private static void Reciprocals(ReadOnlySpan<float> values, Span<float> reciprocals)
    {
        for (int i = 0; i < values.Length; i++)
            reciprocals[i] = 1 / values[i];
    }

    private static void Multiply(Span<float> x, ReadOnlySpan<float> factors)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] *= factors[i];
    }
}
