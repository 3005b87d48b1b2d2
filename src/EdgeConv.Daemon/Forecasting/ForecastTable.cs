using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Forecasting;

/// <summary>Prints a forecast: the board's budget, each pipeline's frontier and what it would run.</summary>
internal static class ForecastTable
{
    /// <summary>Prints it.</summary>
    public static void Print(BoardForecast forecast, TextWriter output)
    {
        output.WriteLine($"board: {Power(forecast)}; {Heat(forecast)}");
        foreach (PipelineForecast pipeline in forecast.Pipelines)
        {
            output.WriteLine();
            Print(pipeline, output);
        }
    }

    private static string Power(BoardForecast forecast) =>
        (forecast.Budget.PowerWatts, forecast.Board.PowerWatts) switch
        {
            (null, null) => "no power budget, nothing measures power",
            (null, { } now) => Invariant($"no power budget, {now:0.00} W now"),
            ({ } limit, null) when forecast.RestWatts is { } rest =>
                Invariant($"power budget {limit:0.##} W, {rest:0.00} W at rest as calibrated"),
            ({ } limit, null) => Invariant($"power budget {limit:0.##} W")
                + ", which cannot be foreseen: nothing measures what the board takes idle",
            ({ } limit, { } now) =>
                Invariant($"power budget {limit:0.##} W, {now:0.00} W now without the pipelines"),
        };

    private static string Heat(BoardForecast forecast)
    {
        double? limit = forecast.Budget.TemperatureCelsius
            ?? forecast.Board.TemperatureLimitCelsius - BoardGovernor.ThrottleMargin;
        return (limit, forecast.Board.TemperatureCelsius) switch
        {
            (null, null) => "no temperature limit, nothing measures temperature",
            (null, { } now) => Invariant($"no temperature limit, {now:0.0} °C now"),
            ({ } most, null) => Invariant($"temperature limit {most:0.#} °C, nothing measures temperature"),
            ({ } most, { } now) => Invariant($"temperature limit {most:0.#} °C, {now:0.0} °C now")
                + "; how it follows the load is learned while running",
        };
    }

    private static void Print(PipelineForecast forecast, TextWriter output)
    {
        IReadOnlyList<PointForecast> points = forecast.Governor.Forecast();
        output.WriteLine($"{forecast.Name}: {Budget(forecast)}");
        output.Write($"    {"model",-20} {"input",-14} {"threads",7} {"accuracy",8} ");
        output.WriteLine($"{"ms",8} {"p99 ms",8} {"mJ",9} {"Hz",8} {"W",8}  budgets");
        foreach (PointForecast point in points)
            Print(point, forecast, output);
        foreach (ForecastModel beaten in forecast.Models
            .Where((_, member) => points.All(point => point.Profile.Member != member)))
            output.WriteLine($"    {beaten.Name}: left out, another is no worse in accuracy, time, energy");
        output.WriteLine($"  {OperatingPointText.Of(forecast.Governor.Current)}: {Reason(forecast, points)}");
    }

    private static string Budget(PipelineForecast forecast)
    {
        string latency = forecast.Governor.Budget.Latency is { } most
            ? Invariant($"p99 at most {most.TotalMilliseconds:0.##} ms")
            : "no latency budget";
        string rate = forecast.Governor.Budget.RateHertz is { } hertz
            ? Invariant($", at most {hertz:0.###} Hz")
            : "";
        return latency + rate + (forecast.SampleHertz is { } samples
            ? Invariant($"; {samples:0.###} samples a second")
            : "; samples come at a rate that is not known yet");
    }

    // Energies are of the pipeline's inferences alone, above what the board takes idle.
    private static void Print(in PointForecast point, PipelineForecast forecast, TextWriter output)
    {
        PointProfile profile = point.Profile;
        string mark = IsCurrent(profile, forecast.Governor.Current) ? ">" : " ";
        string input = forecast.Models[profile.Member].Input;
        output.Write(Invariant($"  {mark} {profile.Model,-20} {input,-14} {profile.Threads,7} "));
        output.Write($"{Accuracy(profile, forecast),8} ");
        output.Write(Invariant($"{profile.Service.TotalMilliseconds,8:0.000} "));
        output.Write(Invariant($"{point.Latency.TotalMilliseconds,8:0.000} {profile.Joules * 1e3,9:0.000} "));
        output.Write(Invariant($"{point.RateHertz,8:0.##} {point.Watts,8:0.000}  "));
        output.WriteLine((point.HoldsLatency, point.HoldsBoard) switch
        {
            (true, true) => "held",
            (false, true) => "misses its latency",
            (true, false) => "misses the board's",
            _ => "misses its latency and the board's",
        });
    }

    private static string Accuracy(PointProfile profile, PipelineForecast forecast) =>
        forecast.AreAccuraciesKnown ? Invariant($"{profile.Accuracy:0.0000}") : "by order";

    private static bool IsCurrent(PointProfile profile, OperatingPoint current) =>
        (profile.Member, profile.Threads) == (current.Member, current.Threads);

    private static string Reason(PipelineForecast forecast, IReadOnlyList<PointForecast> points)
    {
        OperatingPoint current = forecast.Governor.Current;
        if (!points.Any(point => point.HoldsLatency && point.HoldsBoard))
            return "no model holds all budgets, this is the smallest";
        bool isHeldBack = current.RateHertz < (forecast.Governor.Budget.RateHertz ?? double.PositiveInfinity);
        return isHeldBack
            ? $"the most accurate that holds all budgets, at a lower rate: {current.Reason}"
            : "the most accurate that holds all budgets";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
