using System.Globalization;
using EdgeConv.Mqtt;
using static System.FormattableString;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// Prints received results and decisions of governors, one line each, and keeps what the summary needs. One caller
/// at a time.
/// </summary>
internal sealed class DemoPrinter(TextWriter output)
{
    private readonly List<ResultPayload> _received = [];
    private int _decisions;

    /// <summary>Prints the column names.</summary>
    public void PrintHeader() => output.WriteLine(
        $"{"time",-12}  {"pipeline",-8}  {"input",-18}  {"label or boxes",-26}  {"score",5}  {"verdict",-8}  {"p",6}  {"ms",7}");

    /// <summary>Prints one result.</summary>
    public void Print(ResultPayload result)
    {
        lock (_received)
        {
            _received.Add(result);
            string verdict = result.Gate?.Verdict ?? "-";
            string p = result.Gate?.P is { } value ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "-";
            string score = result.Score is { } s ? s.ToString("0.000", CultureInfo.InvariantCulture) : "-";
            string ms = result.LatencyMs.Total.ToString("0.000", CultureInfo.InvariantCulture);
            output.WriteLine($"{result.Ts[11..23]}  {Cut(result.Pipeline, 8),-8}  {Cut(result.Origin, 18),-18}  " +
                $"{Cut(Describe(result), 26),-26}  {score,5}  {verdict,-8}  {p,6}  {ms,7}{Place(result.Gate?.Region)}");
        }
    }

    /// <summary>Prints one decision.</summary>
    public void Print(GovernorPayload decision)
    {
        lock (_received)
        {
            _decisions++;
            string move = $"{OperatingPointText.Of(decision.From)} -> {OperatingPointText.Of(decision.To)}";
            output.WriteLine(
                $"{decision.Ts[11..23]}  {Cut(decision.Pipeline, 8),-8}  governor: {move}, {decision.To.Reason}");
        }
    }

    // Where it is odd, when the fingerprint has a map.
    private static string Place(RegionPayload? region) => region switch
    {
        { X: { } x, Y: { } y } => Invariant($"  at {x:0},{y:0} {region.Width:0}x{region.Height:0}"),
        { StartS: { } start } => Invariant($"  at {start:0.00}-{region.EndS:0.00} s"),
        _ => "",
    };

    /// <summary>Messages received.</summary>
    public int Count
    {
        get
        {
            lock (_received)
                return _received.Count + _decisions;
        }
    }

    /// <summary>
    /// Waits until so many messages have been received, at most for <paramref name="patience"/>.
    /// </summary>
    public async Task WaitForAsync(long count, TimeSpan patience)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (Count < count && TimeProvider.System.GetElapsedTime(begun) < patience)
            await Task.Delay(20).ConfigureAwait(false);
    }

    /// <summary>Prints what all received results come to.</summary>
    public void PrintSummary()
    {
        lock (_received)
        {
            output.WriteLine();
            output.WriteLine(Invariant(
                $"{Count} messages received over MQTT, {_decisions} of them decisions of the governor"));
            foreach (IGrouping<string, ResultPayload> pipeline in _received.GroupBy(r => r.Pipeline))
                PrintPipeline(pipeline.Key, [.. pipeline]);
            output.WriteLine(Invariant($"peak memory (RSS): {ProcessMemory.PeakMegabytes():0.0} MB"));
        }
    }

    private void PrintPipeline(string name, List<ResultPayload> results)
    {
        int ood = results.Count(r => r.Gate?.Verdict == "ood");
        int accepted = results.Count(r => r.Gate?.Verdict == "accepted");
        string verdicts = results.Exists(r => r.Gate is not null)
            ? $"{accepted} accepted, {ood} ood"
            : "no gate";
        double energy = results.Average(r => r.EnergyMj ?? 0);
        bool isEstimated = results.Exists(r => r.EnergyEstimated);
        output.WriteLine();
        string origin = isEstimated ? " (estimated)" : "";
        output.WriteLine(Invariant(
            $"{name}: {results.Count} results, {verdicts}; {energy:0.000} mJ each{origin}"));
        output.WriteLine($"  {"ms",-11}{"p50",9}{"p95",9}{"p99",9}");
        PrintStage("queue", results, r => r.LatencyMs.Queue);
        PrintStage("preprocess", results, r => r.LatencyMs.Preprocess);
        PrintStage("infer", results, r => r.LatencyMs.Infer);
        PrintStage("decode", results, r => r.LatencyMs.Decode);
        PrintStage("gate", results, r => r.LatencyMs.Gate);
        PrintStage("total", results, r => r.LatencyMs.Total);
    }

    private void PrintStage(
        string stage, List<ResultPayload> results, Func<ResultPayload, double> milliseconds)
    {
        double[] sorted = [.. results.Select(milliseconds).Order()];
        string Column(double share) => Invariant($"{Quantiles.Of(sorted, share),9:0.000}");
        output.WriteLine($"  {stage,-11}{Column(0.5)}{Column(0.95)}{Column(0.99)}");
    }

    private static string Describe(ResultPayload result)
    {
        if (result.Boxes is not { } boxes)
            return result.Label ?? "-";
        return boxes.Length == 0
            ? "nothing"
            : string.Join(
                ' ', boxes.Select(b => Invariant($"{b.Label}({b.X:0},{b.Y:0} {b.Width:0}x{b.Height:0})")));
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
