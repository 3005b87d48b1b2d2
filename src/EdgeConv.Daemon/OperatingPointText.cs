using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Mqtt;

namespace EdgeConv.Daemon;

/// <summary>An operating point in a few words: <c>fashion-m, 2 threads, 5 Hz</c>.</summary>
internal static class OperatingPointText
{
    /// <summary>The words, without the reason.</summary>
    public static string Of(OperatingPoint point) => Of(point.Model, point.Threads, point.RateHertz);

    /// <summary>The words, without the reason.</summary>
    public static string Of(OperatingPointPayload point) =>
        Of(point.Model, point.Threads, point.RateHz ?? double.PositiveInfinity);

    private static string Of(string model, int threads, double rateHertz)
    {
        string sessions =
            threads == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {threads} threads");
        return rateHertz switch
        {
            0 => $"{model} paused",
            double.PositiveInfinity => $"{model}{sessions}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{model}{sessions}, {rateHertz:0.###} Hz"),
        };
    }
}
