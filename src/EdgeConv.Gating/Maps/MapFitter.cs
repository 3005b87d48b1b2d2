using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating.Maps;

/// <summary>
/// Fits a <see cref="PositionMap"/>: moments of the samples fitted to, and whole activations of as many
/// calibration samples as memory allows, to be scored in the end. Not thread-safe.
/// </summary>
internal sealed class MapFitter
{
    /// <summary>
    /// Share of the mean variance over all channels and positions that is added to every variance: a position
    /// that is nearly constant, the corner of every picture, would otherwise be the oddest of all.
    /// </summary>
    public const double Floor = 0.01;

    /// <summary>Calibration samples that suffice for the usual α.</summary>
    private const int WantedSamples = 999;
    private const long MostBytes = 64L << 20;

    private readonly MapChoice _choice;
    private readonly MapMoments _moments;
    private readonly KeptSamples _kept;
    private readonly PositionMap? _known;
    private readonly float[] _sample;

    /// <param name="choice">Which layer, and how.</param>
    /// <param name="alpha">α that the map is to be calibrated for.</param>
    /// <param name="delta">1 − confidence in it; null for on average.</param>
    /// <param name="known">A map of the same choice that is only calibrated anew; null to fit one.</param>
    /// <exception cref="ConfigError">Memory does not hold the calibration samples that α takes.</exception>
    public MapFitter(MapChoice choice, double alpha, double? delta, PositionMap? known = null)
    {
        _choice = choice;
        _known = known;
        _moments = new MapMoments(choice);
        _sample = new float[choice.Positions * choice.Channels];
        int needed = Conformal.MinimumCount(alpha, delta);
        long sampleBytes = (long)_sample.Length * sizeof(float);
        int capacity = (int)Math.Min(Math.Max(WantedSamples, 2L * needed), MostBytes / sampleBytes);
        if (capacity < needed)
        {
            throw new ConfigError($"map '{choice.Layer}'", string.Create(CultureInfo.InvariantCulture,
                $"alpha {alpha} takes {needed} calibration samples of {sampleBytes / 1e6:0.0} MB, ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"{MostBytes / 1e6:0} MB hold {capacity}; choose a later layer or a larger alpha"));
        }

        _kept = new KeptSamples(capacity);
    }

    /// <summary>Reads the activations <c>[H W, C]</c> of a sample; they hold until the next is read.</summary>
    /// <exception cref="DataError">One is not finite.</exception>
    public void Read(string origin, ReadOnlySpan<float> activations)
    {
        activations.CopyTo(_sample);
        int bad = Array.FindIndex(_sample, value => !float.IsFinite(value));
        if (bad >= 0)
        {
            throw new DataError(origin, $"activation of channel {bad % _choice.Channels} at position "
                + $"{bad / _choice.Channels} of map '{_choice.Layer}' is {_sample[bad]}; it must be finite");
        }
    }

    /// <summary>Fits to the sample that was read last.</summary>
    public void Fit() => _moments.Add(_sample);

    /// <summary>Calibrates by the sample that was read last.</summary>
    public void Calibrate(ulong hash) => _kept.Add(hash, _sample);

    /// <summary>Derives the Gaussians and calibrates them.</summary>
    /// <exception cref="FingerprintError">The samples do not suffice.</exception>
    public PositionMap Finish(string place)
    {
        if (_known is not null)
            return _known with { Scores = Scores(new MapScorer(_choice, _known.Means, _known.Factors)) };
        double floor = Floor * _moments.MeanVariance();
        if (!(floor > 0))
            throw new FingerprintError(place, $"map '{_choice.Layer}' does not vary at any position");
        float[] means = [.. _moments.Means.ToArray().Select(mean => (float)mean)];
        float[] factors = new float[_choice.Positions * _choice.FactorLength];
        for (int position = 0; position < _choice.Positions; position++)
        {
            Span<float> factor = factors.AsSpan(position * _choice.FactorLength, _choice.FactorLength);
            Factor(_moments.Covariance(position), floor, factor);
        }

        if (!MapSection.IsUsable(_choice, means, factors))
            throw new FingerprintError(place, $"map '{_choice.Layer}' varies beyond single precision");
        return new PositionMap
        {
            Choice = _choice,
            FitCount = _moments.Count,
            Means = means,
            Factors = factors,
            Scores = Scores(new MapScorer(_choice, means, factors)),
        };
    }

    /// <summary>Writes the samples added so far.</summary>
    public void Save(SafeTensorsWriter writer)
    {
        writer.Add("map.fit_count", _moments.Count.ToString(CultureInfo.InvariantCulture));
        writer.Add("map.means", _moments.Means, _moments.Means.Length);
        writer.Add("map.scatter", _moments.Scatter, _moments.Scatter.Length);
        (ulong Hash, float[] Values)[] kept = _kept.InOrder();
        long[] hashes = [.. kept.Select(sample => unchecked((long)sample.Hash))];
        writer.Add<long>("map.kept_hashes", hashes, hashes.Length);
        writer.Add("map.kept", kept.Select(sample => sample.Values), _sample.Length);
    }

    /// <summary>Adds the samples that <see cref="Save"/> wrote; none has been added yet.</summary>
    public void Restore(FieldReader fields)
    {
        SafeTensorsReader file = fields.File;
        double[] means = file.Array<double>("map.means", _moments.Means.Length);
        double[] scatter = file.Array<double>("map.scatter", _moments.Scatter.Length);
        int count = fields.Integer("map.fit_count", 0, int.MaxValue);
        float[][] kept = file.FiniteRows("map.kept", _sample.Length);
        long[] hashes = file.Array<long>("map.kept_hashes", kept.Length);
        if (!means.All(double.IsFinite) || !scatter.All(double.IsFinite))
            throw file.Error("'map.means' or 'map.scatter' are not finite");
        _moments.Merge(new MapMoments(_choice, count, means, scatter));
        for (int i = 0; i < kept.Length; i++)
            _kept.Add(unchecked((ulong)hashes[i]), kept[i]);
    }

    // L of the covariance after shrinkage, with the floor under its variances; or standard deviations.
    private void Factor(double[] covariance, double floor, Span<float> factor)
    {
        int channels = _choice.Channels;
        if (_choice.Mode == MapMode.Diagonal)
        {
            for (int i = 0; i < channels; i++)
                factor[i] = (float)Math.Sqrt(covariance[i] + floor);
            return;
        }

        Shrinkage.Apply(covariance, channels, Shrinkage.Oas(covariance, channels, _moments.Count));
        for (int i = 0; i < channels; i++)
            covariance[PackedLower.Diagonal(i)] += floor;
        ReadOnlySpan<double> lower = new Cholesky(covariance, channels).Lower;
        for (int i = 0; i < lower.Length; i++)
            factor[i] = (float)lower[i];
    }

    private float[] Scores(MapScorer scorer)
    {
        float[] distances = new float[_choice.Positions];
        return [.. _kept.InOrder()
            .Select(sample => distances[scorer.Score(sample.Values, distances)])
            .Order()];
    }
}
