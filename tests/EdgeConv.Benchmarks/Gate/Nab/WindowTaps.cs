namespace EdgeConv.Benchmarks.Gate.Nab;

/// <summary>
/// The taps of a fixed 1-D network over the latest 32 rows, as a gate takes them from a layer: the value
/// itself and its Haar details at 1, 2, 4 and 8 rows (the difference between the means of two neighbouring
/// blocks), each over all positions of the window reduced to mean and logarithm of variance.
/// </summary>
/// <remarks>
/// Chosen before any series was scored: means tell level and trend, variances how rough the series is at
/// each scale, and their logarithm because roughness changes by factors. Nothing was tuned.
/// </remarks>
internal sealed class WindowTaps
{
    /// <summary>Rows of a window.</summary>
    public const int Length = 32;

    /// <summary>Channels: the value and four details.</summary>
    public const int Channels = 5;

    private const double LeastVariance = 1e-6;
    private readonly double[] _sums;

    /// <param name="values">The whole series; a window reads none of its rows ahead.</param>
    /// <param name="known">Rows whose mean and deviation scale the series.</param>
    public WindowTaps(double[] values, int known)
    {
        double mean = values.Take(known).Average();
        double variance = values.Take(known).Average(value => (value - mean) * (value - mean));
        double scale = 1 / Math.Sqrt(Math.Max(variance, LeastVariance));
        _sums = new double[values.Length + 1];
        for (int i = 0; i < values.Length; i++)
            _sums[i + 1] = _sums[i] + (values[i] - mean) * scale;
    }

    /// <summary>The features <c>[2 Channels]</c>, means first, of the window that ends with a row.</summary>
    /// <param name="row">At least <see cref="Length"/> − 1.</param>
    public float[] At(int row)
    {
        float[] features = new float[2 * Channels];
        int first = row - Length + 1;
        for (int channel = 0; channel < Channels; channel++)
        {
            int block = channel == 0 ? 0 : 1 << (channel - 1);
            (double mean, double variance) = Reduce(first, row + 1, block);
            features[channel] = (float)mean;
            features[Channels + channel] = (float)Math.Log(variance + LeastVariance);
        }

        return features;
    }

    private (double Mean, double Variance) Reduce(int first, int end, int block)
    {
        int count = end - first - Math.Max(0, 2 * block - 1);
        double sum = 0, squares = 0;
        for (int i = 0; i < count; i++)
        {
            double value = block == 0 ? BlockMean(first + i, 1) : Detail(first + i, block);
            sum += value;
            squares += value * value;
        }

        double mean = sum / count;
        return (mean, Math.Max(0, squares / count - mean * mean));
    }

    private double Detail(int at, int block) => BlockMean(at + block, block) - BlockMean(at, block);

    private double BlockMean(int at, int block) => (_sums[at + block] - _sums[at]) / block;
}
