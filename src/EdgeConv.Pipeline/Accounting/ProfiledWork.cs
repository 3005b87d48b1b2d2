namespace EdgeConv.Pipeline.Accounting;

/// <summary>What a pipeline has done in a stretch of time.</summary>
/// <param name="Joules">Energy above idle, J, as the profiles count.</param>
/// <param name="Uncertainty">Standard uncertainty of that, J.</param>
/// <param name="Inferences">Inferences that ended in it.</param>
public readonly record struct WorkDone(double Joules, double Uncertainty, int Inferences);

/// <summary>
/// Counts the work of a pipeline as it is done: the energy of a sample at work grows with its time, so that a
/// stretch of time shorter than an inference has its part of it. Not thread-safe.
/// </summary>
internal sealed class ProfiledWork(TimeProvider time)
{
    private WorkDone _done;
    private double _told;
    private long _begunAt;

    /// <summary>A sample begins to be worked on.</summary>
    public void Begin()
    {
        _begunAt = time.GetTimestamp();
        _told = 0;
    }

    /// <summary>A sample is done, at the cost of an inference.</summary>
    public void End(in PointCost cost)
    {
        Count(Math.Max(0, cost.Joules - _told), cost);
        _done = _done with { Inferences = _done.Inferences + 1 };
        (_begunAt, _told) = (0, 0);
    }

    /// <summary>The sample at work has failed; what it took so far is not known.</summary>
    public void Abandon() => (_begunAt, _told) = (0, 0);

    /// <summary>What was done since the call before, the sample at work for its part.</summary>
    /// <param name="cost">Of the inference at work.</param>
    /// <param name="service">How long it is expected to take.</param>
    public WorkDone Take(in PointCost cost, TimeSpan service)
    {
        if (_begunAt != 0)
        {
            double spent = Math.Max(_told, Math.Min(1, time.GetElapsedTime(_begunAt) / service) * cost.Joules);
            Count(spent - _told, cost);
            _told = spent;
        }

        WorkDone done = _done;
        _done = default;
        return done;
    }

    private void Count(double joules, in PointCost cost) => _done = _done with
    {
        Joules = _done.Joules + joules,
        Uncertainty = _done.Uncertainty + joules * cost.RelativeUncertainty,
    };
}

/// <summary>Energy of one inference.</summary>
/// <param name="Joules">Above idle, J; above 0.</param>
/// <param name="RelativeUncertainty">Standard uncertainty over value.</param>
public readonly record struct PointCost(double Joules, double RelativeUncertainty);
