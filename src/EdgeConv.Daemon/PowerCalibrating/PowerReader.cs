using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;

namespace EdgeConv.Daemon.PowerCalibrating;

/// <summary>A power with its standard error.</summary>
/// <param name="Watts">Power, W.</param>
/// <param name="Error">Standard error, W; above 0.</param>
internal readonly record struct PowerReading(double Watts, double Error);

/// <summary>Tells the board's power while a load runs.</summary>
internal interface IPowerReader
{
    /// <summary>What measures, as <see cref="EnergyModelFile.Source"/> has it.</summary>
    string Source { get; }

    /// <summary>Reads the power.</summary>
    /// <param name="load">What runs, in words.</param>
    /// <exception cref="EdgeConvError">There is no power to be had.</exception>
    PowerReading Read(string load);
}

/// <summary>Reads a rail.</summary>
internal sealed class RailReader(IBoard board, TimeProvider time, TimeSpan span) : IPowerReader
{
    // What averages over time lags behind, and no chip is better than this.
    private const double LeastError = 0.005;
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(2);
    private PowerSource? _source;

    /// <inheritdoc/>
    public string Source => (_source ?? PowerSource.Rails).ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public PowerReading Read(string load)
    {
        // A counter of energy tells a power from its second reading on.
        board.Read();
        Thread.Sleep(s_settling);
        _source = board.Read().PowerSource;
        MeanPower power = MeanPower.Read(board, time, span) ?? throw new DeviceError(
            "power", "nothing measures the power of this machine; with --meter, readings of a USB meter can be typed");
        return new PowerReading(power.Watts, Math.Max(LeastError, Math.Sqrt(power.ErrorSquared)));
    }
}

/// <summary>Asks a person who reads a meter.</summary>
internal sealed class MeterReader(TextReader input, TextWriter output) : IPowerReader
{
    private const int MostQuestions = 3;
    private const double MostWatts = 1000;

    // Data sheets of USB meters name 0.5 to 1 %; the last digit is rounded: uniform within half a step of it.
    private const double RelativeError = 0.01;
    private const double UniformDeviation = 0.28867513459481287;

    /// <inheritdoc/>
    public string Source => "meter";

    /// <inheritdoc/>
    public PowerReading Read(string load)
    {
        for (int question = 0; question < MostQuestions; question++)
        {
            output.Write($"{load}: what does the meter show, in W? ");
            output.Flush();
            string? line = input.ReadLine()?.Trim();
            if (line is null)
                throw new DataError("calibration", $"there was no reading for '{load}'; nothing is kept");
            if (double.TryParse(line, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double watts)
                && watts is > 0 and < MostWatts)
                return new PowerReading(watts, ErrorOf(line, watts));
            output.WriteLine($"'{line}' is no power; a number of W like 3.42 would be right");
        }

        throw new DataError("calibration", $"there was no reading for '{load}'; nothing is kept");
    }

    private static double ErrorOf(string line, double watts)
    {
        int point = line.IndexOf('.', StringComparison.Ordinal);
        double step = Math.Pow(10, point < 0 ? 0 : point + 1 - line.Length);
        double rounding = UniformDeviation * step;
        return Math.Sqrt(rounding * rounding + RelativeError * RelativeError * watts * watts);
    }
}
