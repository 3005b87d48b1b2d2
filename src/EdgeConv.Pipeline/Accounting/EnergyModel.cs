using EdgeConv.Core;

namespace EdgeConv.Pipeline.Accounting;

/// <summary>What an inference asks of the machine.</summary>
/// <param name="CoreSeconds">Time times threads, s.</param>
/// <param name="Macs">Multiply-accumulate operations.</param>
/// <param name="Bytes">Bytes of weights and activations that are read or written.</param>
public readonly record struct InferenceWork(double CoreSeconds, double Macs, double Bytes)
{
    /// <summary>What a run of a session asks that takes so long on so many threads.</summary>
    public static InferenceWork Of(ISession session, TimeSpan service, int threads)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new InferenceWork(service.TotalSeconds * threads, session.MultiplyAdds, session.MovedBytes);
    }
}

/// <summary>
/// Energy of an inference above rest, where no rail measures it: E = a t + b N + c B, with core seconds t, MACs N and
/// bytes B; a the power of a busy core, b and c energies of a MAC and of a byte on top of it. All three go with the
/// square of the core's voltage; the clock f of the dynamic power f V² is in t.
/// </summary>
public sealed record EnergyModel
{
    /// <summary>Relative standard uncertainty without calibration: published powers of boards differ by so much.</summary>
    public const double UncalibratedUncertainty = 0.5;

    /// <summary>
    /// Power of one busy core above rest in W without calibration. A Raspberry Pi 4 draws about 3 W at rest and 6 W
    /// with its four cores busy (Raspberry Pi documentation: 0.6 A and 1.2 A at 5.1 V), hence 0.75 W a core.
    /// </summary>
    public const double WattsPerBusyCore = 0.75;

    private const int Size = 3;

    /// <summary>For a board that nobody has calibrated.</summary>
    public static EnergyModel Uncalibrated { get; } = new()
    {
        CoreWatts = WattsPerBusyCore,
        Covariance =
        [
            UncalibratedUncertainty * UncalibratedUncertainty * WattsPerBusyCore * WattsPerBusyCore, 0, 0,
            0, 0, 0,
            0, 0, 0,
        ],
    };

    /// <summary>Power of one busy core above rest, W; a.</summary>
    public required double CoreWatts { get; init; }

    /// <summary>Energy of a multiply-accumulate operation, J; b.</summary>
    public double JoulesPerMac { get; init; }

    /// <summary>Energy of a byte that is read or written, J; c.</summary>
    public double JoulesPerByte { get; init; }

    /// <summary>Covariance of the three, <c>[3, 3]</c>.</summary>
    public required IReadOnlyList<double> Covariance { get; init; }

    /// <summary>Power of the board at rest, W; null when nobody has measured it.</summary>
    public double? RestWatts { get; init; }

    /// <summary>Voltage of the cores at which the three hold, V; null when it was not known.</summary>
    public double? Volts { get; init; }

    /// <summary>Energy of an inference: above 0.</summary>
    public PointCost CostOf(in InferenceWork work)
    {
        double joules = CoreWatts * work.CoreSeconds + JoulesPerMac * work.Macs + JoulesPerByte * work.Bytes;
        ReadOnlySpan<double> x = [work.CoreSeconds, work.Macs, work.Bytes];
        double variance = 0;
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
                variance += x[i] * Covariance[i * Size + j] * x[j];
        }

        return new PointCost(joules, Math.Sqrt(Math.Max(0, variance)) / joules);
    }

    /// <summary>By what energies are larger at a voltage of the cores, (V/V₀)²; 1 where one of them is not known.</summary>
    public double FactorAt(double? volts) => Volts is { } then && volts is { } now ? now * now / (then * then) : 1;
}
