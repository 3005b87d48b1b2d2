using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Pipeline;

/// <summary>A pipeline's state and counters; publishes them. Safe to call from several threads.</summary>
internal sealed class HealthRecord(string pipeline, ISink sink, TimeProvider time)
{
    private static readonly TimeSpan ProblemInterval = TimeSpan.FromSeconds(1);

    // Unusable samples further apart than this are not one fault.
    private static readonly TimeSpan Remembrance = TimeSpan.FromMinutes(5);
    private readonly Lock _lock = new();
    private long _problemAt = time.GetTimestamp() - time.TimestampFrequency;
    private long _badAt;
    private string? _budgetProblem;
    private Health _health = new()
    {
        Timestamp = time.GetUtcNow(),
        Pipeline = pipeline,
        State = PipelineState.Running,
    };

    /// <summary>Counts a published result; a problem that is over with it is withdrawn at once.</summary>
    public void CountResult(bool isOod)
    {
        bool isOver;
        lock (_lock)
        {
            isOver = TryWithdraw();
            _health = _health with
            {
                Results = _health.Results + 1,
                OodResults = _health.OodResults + (isOod ? 1 : 0),
            };
        }

        if (isOver)
            Publish();
    }

    /// <summary>Counts a sample that was dropped because a newer one was there.</summary>
    public void CountStale()
    {
        lock (_lock)
            _health = _health with { StaleDropped = _health.StaleDropped + 1 };
    }

    /// <summary>
    /// Counts an unusable sample; a problem that is new is published at once, but once a second at most. It stands
    /// for five minutes without such a sample, until the next result or such sample.
    /// </summary>
    public void CountBad(string problem)
    {
        // There may have been no result since to withdraw the one before.
        if (TryWithdraw())
            Publish();
        bool isNew;
        lock (_lock)
        {
            isNew = _health.Problem != problem && time.GetElapsedTime(_problemAt) >= ProblemInterval;
            if (isNew)
                _problemAt = time.GetTimestamp();
            _badAt = time.GetTimestamp();
            _health = _health with { BadSamples = _health.BadSamples + 1, Problem = problem };
        }

        if (isNew)
            Publish();
    }

    /// <summary>Whether there was an alarm of drift.</summary>
    public bool HasDrifted
    {
        get
        {
            lock (_lock)
                return _health.HasDrifted;
        }
    }

    /// <summary>Notes an alarm of drift, which stands from then on; published at once.</summary>
    public void NoteDrift()
    {
        lock (_lock)
            _health = _health with { HasDrifted = true };
        Publish();
    }

    /// <summary>Notes which event is open, null for none; published at once when it is another one.</summary>
    public void NoteEvent(string? id)
    {
        lock (_lock)
        {
            if (_health.OpenEvent == id)
                return;
            _health = _health with { OpenEvent = id };
        }

        Publish();
    }

    /// <summary>Goes into a state; published at once when it is another one.</summary>
    public void Enter(PipelineState state, string? problem)
    {
        bool isNew;
        lock (_lock)
        {
            isNew = _health.State != state || (problem is not null && _health.Problem != problem);
            if (isNew)
                _health = _health with { State = state, Problem = problem ?? Remembered(state) };
        }

        if (isNew)
            Publish();
    }

    /// <summary>Publishes everything with what its governor and the board say now.</summary>
    public void Publish(PipelineGovernor governor, BoardReading board)
    {
        lock (_lock)
        {
            _budgetProblem = governor.Problem;
            _health = _health with
            {
                OperatingPoint = governor.Current,
                Energy = governor.EnergyUse,
                TemperatureCelsius = board.TemperatureCelsius,
                PowerWatts = board.PowerWatts,
            };
        }

        Publish();
    }

    // What was wrong with samples minutes ago is not wrong any longer.
    private bool TryWithdraw()
    {
        lock (_lock)
        {
            bool isOver = _health is { State: PipelineState.Running, Problem: not null }
                && time.GetElapsedTime(_badAt) >= Remembrance;
            if (isOver)
                _health = _health with { Problem = null };
            return isOver;
        }
    }

    // A pipeline that has ended keeps saying what was wrong last.
    private string? Remembered(PipelineState state) => state == PipelineState.Stopped ? _health.Problem : null;

    private void Publish()
    {
        lock (_lock)
        {
            _health = _health with { Timestamp = time.GetUtcNow() };
            sink.Publish(_health with { Problem = AllProblems() });
        }
    }

    // A source's trouble and a budget that is not held are two things, and both last.
    private string? AllProblems() => _budgetProblem is null || _health.State is not PipelineState.Running
        ? _health.Problem
        : _health.Problem is null ? _budgetProblem : $"{_budgetProblem}; {_health.Problem}";
}
