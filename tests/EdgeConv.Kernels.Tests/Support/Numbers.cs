namespace EdgeConv.Kernels.Tests.Support;

/// <summary>Seeded test data.</summary>
internal static class Numbers
{
    /// <summary>Integers in -4..4: sums of products of a few thousand are exact in any order.</summary>
    public static float[] Integers(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.Next(-4, 5);
        return values;
    }

    /// <summary>Reals in -1..1.</summary>
    public static float[] Reals(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (random.NextSingle() * 2) - 1;
        return values;
    }

    /// <summary>The formulas of <see cref="ActivationKind"/> in double.</summary>
    public static double Activate(Activation activation, double x) => activation.Kind switch
    {
        ActivationKind.None => x,
        ActivationKind.Relu => Math.Max(0, x),
        ActivationKind.Clip => Math.Min(activation.B, Math.Max(activation.A, x)),
        ActivationKind.HardSigmoid => Math.Min(1, Math.Max(0, (activation.A * x) + activation.B)),
        ActivationKind.HardSwish => x * Math.Min(1, Math.Max(0, (x / 6) + 0.5)),
        ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        ActivationKind.Silu => x / (1 + Math.Exp(-x)),
        ActivationKind.Tanh => Math.Tanh(x),
        ActivationKind.Exp => Math.Exp(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    /// <summary>
    /// Mean, population variance and greatest magnitude of every <paramref name="channels"/>th value from
    /// <paramref name="channel"/> on, as their definitions read.
    /// </summary>
    public static (double Mean, double Variance, double Most) MomentsOf(
        ReadOnlySpan<float> values, int channel, int channels)
    {
        double sum = 0, squares = 0, most = 0;
        int count = values.Length / channels;
        for (int i = channel; i < values.Length; i += channels)
        {
            sum += values[i];
            most = Math.Max(most, Math.Abs(values[i]));
        }

        for (int i = channel; i < values.Length; i += channels)
            squares += (values[i] - (sum / count)) * (values[i] - (sum / count));
        return (sum / count, squares / count, most);
    }
}
