using EdgeConv.Core;
using EdgeConv.Gating.Events;

namespace EdgeConv.Benchmarks.Gate.Nab;

/// <summary>Detections by the product's rule for events, one row a second.</summary>
internal static class EventRows
{
    private static readonly ModelIdentity Model = new("none", "-", new string('0', 64));
    private static readonly EventOptions Options = new() { Gap = TimeSpan.FromSeconds(WindowTaps.Length) };

    /// <summary>Rows at which an event begins.</summary>
    /// <param name="first">The row of the first p-value.</param>
    /// <param name="values">p-values in (0,1], one a row.</param>
    /// <param name="alpha">α of the events.</param>
    public static IEnumerable<int> Of(int first, IEnumerable<double> values, double alpha)
    {
        EventTracker tracker = new(Options, alpha, new RowClock());
        int row = first;
        foreach (double p in values)
        {
            GateReading reading = new(p <= alpha ? Verdict.Ood : Verdict.Accepted, p, 0, "taps");
            GatedSample sample = new(DateTimeOffset.UnixEpoch, row, row, "series", Model, reading);
            if (tracker.Observe(sample) == EventPhase.Start)
                yield return row;
            row++;
        }
    }

    private sealed class RowClock : TimeProvider
    {
        public override long TimestampFrequency => 1;
    }
}
