using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating.Maps;

/// <summary>Squared Mahalanobis distances of all positions; no allocation. Not thread-safe.</summary>
internal sealed class MapScorer
{
    private readonly MapChoice _choice;
    private readonly float[] _means;
    private readonly float[] _packed;
    private readonly float[] _whitened;

    /// <summary>Prepares the factors.</summary>
    /// <param name="choice">Extents and mode.</param>
    /// <param name="means">As <see cref="PositionMap.Means"/>.</param>
    /// <param name="factors">As <see cref="PositionMap.Factors"/>.</param>
    public MapScorer(MapChoice choice, float[] means, float[] factors)
    {
        _choice = choice;
        _means = means;
        _packed = new float[factors.Length];
        _whitened = new float[choice.Channels];
        int length = choice.FactorLength;
        for (int position = 0; position < choice.Positions; position++)
            Pack(factors.AsSpan(position * length, length), _packed.AsSpan(position * length, length));
    }

    /// <summary>
    /// d² = ‖L⁻¹ (x − μ)‖² of each position. What cannot be told in single precision is the greatest finite
    /// number.
    /// </summary>
    /// <param name="activations">x, <c>[H W, C]</c>.</param>
    /// <param name="distances"><c>[H W]</c>.</param>
    /// <returns>The first position of the greatest distance.</returns>
    public int Score(ReadOnlySpan<float> activations, Span<float> distances)
    {
        if (activations.Length != _means.Length)
            throw new ArgumentException($"{activations.Length} activations, {_means.Length} expected");
        int oddest = 0;
        for (int position = 0; position < distances.Length; position++)
        {
            float distance = SquaredDistance(activations, position);
            distances[position] = float.IsFinite(distance) ? distance : float.MaxValue;
            if (distances[position] > distances[oddest])
                oddest = position;
        }

        return oddest;
    }

    private float SquaredDistance(ReadOnlySpan<float> activations, int position)
    {
        int channels = _choice.Channels, length = _choice.FactorLength;
        ReadOnlySpan<float> x = activations.Slice(position * channels, channels);
        ReadOnlySpan<float> mean = _means.AsSpan(position * channels, channels);
        ReadOnlySpan<float> packed = _packed.AsSpan(position * length, length);
        for (int i = 0; i < x.Length; i++)
            _whitened[i] = x[i] - mean[i];
        if (_choice.Mode == MapMode.Cholesky)
            F32TriangularSolve.Forward(packed, _whitened);
        else
            Multiply(_whitened, packed);
        return F32Distance.Dot(_whitened, _whitened);
    }

    private void Pack(ReadOnlySpan<float> factor, Span<float> packed)
    {
        if (_choice.Mode == MapMode.Cholesky)
        {
            F32TriangularSolve.Pack(factor, _choice.Channels, packed);
            return;
        }

        for (int i = 0; i < factor.Length; i++)
            packed[i] = 1 / factor[i];
    }

    private static void Multiply(Span<float> values, ReadOnlySpan<float> by)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] *= by[i];
    }
}
