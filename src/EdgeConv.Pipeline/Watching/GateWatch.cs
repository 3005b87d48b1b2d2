using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Gating;
using EdgeConv.Gating.Drift;
using EdgeConv.Gating.Events;

namespace EdgeConv.Pipeline.Watching;

/// <summary>
/// Publishes alarms of drift and events of one pipeline. It knows a pipeline's gates by their readings only,
/// so that it goes on through moves of the governor. One caller at a time.
/// </summary>
internal sealed class GateWatch
{
    private readonly string _pipeline;
    private readonly ISink _sink;
    private readonly TimeProvider _time;
    private readonly DriftMonitor? _drift;
    private readonly EventTracker? _events;

    /// <param name="parts">
    /// The pipeline's parts. Drift is measured from the calibration of the member with the fewest samples, whose
    /// error then counts as drift of no other; events begin at the greatest threshold, which all can reach.
    /// </param>
    public GateWatch(PipelineParts parts)
    {
        _pipeline = parts.Name;
        _sink = parts.Sink;
        _time = parts.Time;
        MahalanobisGate[] gates = [.. parts.Family.Select(member => member.Gate).OfType<MahalanobisGate>()];
        if (gates.Length == 0)
            return;
        if (parts.Watch.Drift is { } drift)
            _drift = new DriftMonitor(drift, gates.MinBy(gate => gate.CalibrationCount)!.CalibrationPValues(), _time);
        if (parts.Watch.Events is { } events)
            _events = new EventTracker(events, gates.Max(gate => gate.Threshold), _time);
    }

    /// <summary>Id of the event that has begun and is not over; null when there is none.</summary>
    public string? OpenEvent { get; private set; }

    /// <summary>Takes in a sample that has been gated, and publishes what it brings about.</summary>
    /// <param name="member">Index of the family member that ran.</param>
    /// <param name="sample">The sample.</param>
    /// <returns>Whether it raised an alarm of drift.</returns>
    public bool Observe(int member, in GatedSample sample)
    {
        if (_events?.Observe(sample) is { } phase)
            Publish(phase, sample.Timestamp);
        if (_drift?.Observe(member, sample.Gate, sample.CapturedAt) is not { } evidence)
            return false;
        _sink.Publish(new DriftAlarm
        {
            Timestamp = sample.Timestamp,
            Pipeline = _pipeline,
            Sample = sample,
            Evidence = evidence,
        });
        return true;
    }

    /// <summary>No sample follows: publishes the end of an event that has not ended.</summary>
    public void End()
    {
        if (_events?.Close() is { } phase)
            Publish(phase, _events.Last.Timestamp);
    }

    private void Publish(EventPhase phase, DateTimeOffset timestamp)
    {
        GatedSample first = _events!.First;
        string id = OpenEvent ?? IdOf(first);
        OpenEvent = phase == EventPhase.Start ? id : null;
        _sink.Publish(new GateEvent
        {
            Timestamp = timestamp,
            Pipeline = _pipeline,
            Id = id,
            Phase = phase,
            First = first,
            Last = _events.Last,
            Peak = _events.Peak,
            Duration = _time.GetElapsedTime(first.CapturedAt, _events.Last.CapturedAt),
            Samples = _events.Count,
        });
    }

    // The sequence begins at 0 whenever the pipeline is built anew, so the time is part of it.
    private static string IdOf(in GatedSample first) => string.Create(
        CultureInfo.InvariantCulture, $"{first.Timestamp.UtcDateTime:yyyyMMdd'T'HHmmssfff}-{first.Sequence}");
}
