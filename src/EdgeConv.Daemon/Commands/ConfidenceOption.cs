using System.CommandLine;
using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// The options <c>--confidence</c> and <c>--delta</c>: how sure the share of false alarms is.
/// </summary>
internal sealed class ConfidenceOption
{
    private const string OnAverage = "average";
    private const double DefaultDelta = 0.05;

    private readonly Option<string?> _confidence = new("--confidence")
    {
        Description = "Hold alpha for this data with this confidence, below 1, or 'average': on average over "
            + "calibration sets; default: 0.95 where the calibration samples suffice, otherwise average",
    };

    private readonly Option<double?> _delta =
        new("--delta") { Description = "The same as --confidence 1 - delta" };

    /// <summary>Adds both options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_confidence);
        command.Add(_delta);
    }

    /// <summary>What <c>--delta</c> says; null when it is not given.</summary>
    public double? DeltaOf(ParseResult parsed) => parsed.GetValue(_delta);

    /// <summary>δ = 1 − confidence, null for on average; and whether it may be given up.</summary>
    /// <exception cref="ConfigError">Both are given, or one is no confidence.</exception>
    public (double? Delta, bool IsOptional) Parse(ParseResult parsed)
    {
        string? confidence = parsed.GetValue(_confidence);
        double? delta = parsed.GetValue(_delta);
        if (confidence is not null && delta is not null)
            throw new ConfigError("--delta", "says the same as --confidence; give one of them");
        if (confidence is null)
            return (delta ?? DefaultDelta, delta is null);
        return confidence == OnAverage ? (null, false) : (DeltaOf(confidence), false);
    }

    // In decimal, so that 0.95 leaves 0.05 exactly.
    private static double DeltaOf(string confidence) =>
        decimal.TryParse(
            confidence, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
        && value is > 0 and < 1
            ? (double)(1 - value)
            : throw new ConfigError($"--confidence '{confidence}'",
                $"is neither a number between 0 and 1, such as 0.95, nor '{OnAverage}'");
}
