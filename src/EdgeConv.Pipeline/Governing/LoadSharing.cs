namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Divides a board's load among pipelines. By rights each gets the least it can run with, those of low priority being
/// paused where that is too much; then, from the highest priority down, accuracy where a W buys the most of it by
/// weight; then, likewise, rates by weight. Who has more than that keeps it while there is room for all; others may
/// claim what costs it no more than its rate, and those of higher priority all. Allocates nothing once all have joined. Not thread-safe.
/// </summary>
internal sealed class LoadSharing
{
    private readonly List<PipelineGovernor> _pipelines = [];
    private readonly FairShares _stay = new();
    private readonly FairShares _grow = new();
    private double[] _present = [];
    private double _roomToStay;
    private double _roomToGrow;

    /// <summary>Pipelines, those of the highest priority first.</summary>
    public IReadOnlyList<PipelineGovernor> Pipelines => _pipelines;

    /// <summary>Takes in one more.</summary>
    public void Add(PipelineGovernor pipeline)
    {
        int at = _pipelines.FindIndex(other => other.Budget.Priority < pipeline.Budget.Priority);
        _pipelines.Insert(at < 0 ? _pipelines.Count : at, pipeline);
        _present = new double[_pipelines.Count];
    }

    /// <summary>Leaves one out from now on.</summary>
    public void Remove(PipelineGovernor pipeline)
    {
        _pipelines.Remove(pipeline);
        _present = new double[_pipelines.Count];
    }

    /// <summary>Divides anew.</summary>
    /// <param name="stay">Load that may be kept, W.</param>
    /// <param name="grow">Load that may be gone up to, W.</param>
    public void Divide(double stay, double grow)
    {
        double sum = 0;
        for (int i = 0; i < _pipelines.Count; i++)
        {
            _present[i] = _pipelines[i].Load();
            sum += _present[i];
        }

        _roomToStay = stay - sum;
        _roomToGrow = grow - sum;
        _stay.Divide(_pipelines, stay);
        _grow.Divide(_pipelines, grow);
    }

    /// <summary>Load that pipeline <paramref name="index"/> may keep, W.</summary>
    public double StayOf(int index) => _roomToStay < 0 || MustYield(index)
        ? _stay[index]
        : Math.Max(_stay[index], _present[index] + _roomToStay);

    /// <summary>Load that pipeline <paramref name="index"/> may go up to, W.</summary>
    public double GrowOf(int index) => Math.Min(_grow[index], _present[index] + Math.Max(_roomToGrow, 0));

    // To one of higher priority whatever it has a right to, to others what costs no more than its rate.
    private bool MustYield(int index)
    {
        bool isRateOnly = _stay[index] >= _pipelines[index].LeastLoad();
        for (int i = 0; i < _pipelines.Count; i++)
        {
            bool isWanting = i != index && _grow[i] > _present[i] + Math.Max(_roomToGrow, 0);
            bool isHigher = _pipelines[i].Budget.Priority > _pipelines[index].Budget.Priority;
            if (isWanting && (isHigher || isRateOnly))
                return true;
        }

        return false;
    }
}
