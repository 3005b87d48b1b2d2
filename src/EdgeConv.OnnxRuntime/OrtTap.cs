using EdgeConv.Core;

namespace EdgeConv.OnnxRuntime;

/// <summary>Mean and population variance of each channel of a tapped output.</summary>
internal sealed class OrtTap
{
    private readonly OrtOutput _output;
    private readonly float[] _statistics;

    /// <summary>Checks that the output is <c>[1,C,...]</c> float.</summary>
    /// <exception cref="ModelError">It is not.</exception>
    public OrtTap(string place, OrtOutput output)
    {
        _output = output;
        Shape shape = output.Tensor.Shape;
        DataType type = output.Tensor.Type;
        if (type != DataType.Float32 || shape.Rank < 2 || shape[0] != 1 || shape.ElementCount == 0)
        {
            throw new ModelError(
                place,
                $"tap '{output.Name}' is {DataTypes.NameOf(type)}{shape}, it must be float32 [1,C,...]");
        }

        Info = new TapInfo(output.Name, shape[1], (int)shape.CountBetween(2, shape.Rank));
        _statistics = new float[2 * Info.Channels];
    }

    /// <summary>Name, channels and positions.</summary>
    public TapInfo Info { get; }

    /// <summary>Means, then variances.</summary>
    public ReadOnlySpan<float> Statistics => _statistics;

    /// <summary>
    /// mean = Σx/n, variance = Σ(x-mean)²/n over the positions of each channel, summed in double precision.
    /// </summary>
    public void Reduce()
    {
        ReadOnlySpan<float> values = _output.Tensor.AsSpan<float>();
        for (int channel = 0; channel < Info.Channels; channel++)
        {
            ReadOnlySpan<float> positions = values.Slice(channel * Info.Positions, Info.Positions);
            double mean = Mean(positions);
            _statistics[channel] = (float)mean;
            _statistics[Info.Channels + channel] = (float)Variance(positions, mean);
        }
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
            sum += value;
        return sum / values.Length;
    }

    private static double Variance(ReadOnlySpan<float> values, double mean)
    {
        double sum = 0;
        foreach (float value in values)
            sum += (value - mean) * (value - mean);
        return sum / values.Length;
    }
}
