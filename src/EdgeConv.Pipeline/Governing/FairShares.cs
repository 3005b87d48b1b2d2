namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// What each pipeline may put on the board by rights, see <see cref="LoadSharing"/>. What none of them can use is in
/// every share. Not thread-safe.
/// </summary>
internal sealed class FairShares
{
    private IReadOnlyList<PipelineGovernor> _pipelines = [];
    private PointLoad[] _chosen = [];
    private int[] _point = [];
    private double[] _load = [];

    /// <summary>The share of pipeline <paramref name="index"/>, W.</summary>
    public double this[int index] => _load[index];

    /// <summary>Divides <paramref name="total"/> W among pipelines, those of the highest priority first.</summary>
    public void Divide(IReadOnlyList<PipelineGovernor> pipelines, double total)
    {
        Resize(pipelines);
        double left = total - GiveLeast();
        for (int i = pipelines.Count - 1; i >= 0 && left < 0; i--)
            Lower(i, _chosen[i].Last, ref left);
        for (int i = pipelines.Count - 1; i >= 0 && left < 0; i--)
            Lower(i, 0, ref left);

        for (int first = 0; first < pipelines.Count && left > 0; first = EndOf(first))
        {
            while (Upgrade(first, EndOf(first), ref left))
            {
            }
        }

        for (int first = 0; first < pipelines.Count && left > 0; first = EndOf(first))
            RaiseRates(first, EndOf(first), ref left);
        LeaveRoom(left);
    }

    // The first pipeline behind `first` that has another priority.
    private int EndOf(int first)
    {
        int end = first + 1;
        while (end < _pipelines.Count && _pipelines[end].Budget.Priority == _pipelines[first].Budget.Priority)
            end++;
        return end;
    }

    private void Lower(int pipeline, double load, ref double left)
    {
        left += _load[pipeline] - load;
        _load[pipeline] = load;
    }

    private double GiveLeast()
    {
        double sum = 0;
        for (int i = 0; i < _pipelines.Count; i++)
        {
            _point[i] = _pipelines[i].Smallest();
            _pipelines[i].TryLoad(_point[i], out _chosen[i]);
            for (int point = 0; point < _pipelines[i].Points; point++)
            {
                if (_pipelines[i].TryLoad(point, out PointLoad load) && load.Least < _chosen[i].Least)
                    (_point[i], _chosen[i]) = (point, load);
            }

            _load[i] = _chosen[i].Least;
            sum += _load[i];
        }

        return sum;
    }

    private bool Upgrade(int first, int end, ref double left)
    {
        double best = 0;
        (int pipeline, int point, PointLoad load) = (-1, 0, default(PointLoad));
        for (int i = first; i < end; i++)
        {
            for (int p = 0; _load[i] > 0 && p < _point[i]; p++)
            {
                if (!_pipelines[i].TryLoad(p, out PointLoad candidate) || candidate.Least - _load[i] > left)
                    continue;
                double cost = Math.Max(candidate.Least - _load[i], 1e-6);
                double gain = _pipelines[i].Budget.Weight * (candidate.Accuracy - _chosen[i].Accuracy) / cost;
                if (gain > best)
                    (best, pipeline, point, load) = (gain, i, p, candidate);
            }
        }

        if (pipeline < 0)
            return false;
        left -= load.Least - _load[pipeline];
        (_point[pipeline], _chosen[pipeline], _load[pipeline]) = (point, load, load.Least);
        return true;
    }

    // By weight; what one cannot use is divided again among the others, so at most one round a pipeline.
    private void RaiseRates(int first, int end, ref double left)
    {
        for (int round = first; round < end && left > 0; round++)
        {
            double weights = 0;
            for (int i = first; i < end; i++)
                weights += CanRise(i) ? _pipelines[i].Budget.Weight : 0;
            double share = weights > 0 ? left / weights : 0;
            for (int i = first; i < end; i++)
            {
                if (!CanRise(i))
                    continue;
                double more = Math.Min(share * _pipelines[i].Budget.Weight, _chosen[i].Full - _load[i]);
                _load[i] += more;
                left -= more;
            }
        }
    }

    private bool CanRise(int pipeline) => _load[pipeline] > 0 && _load[pipeline] < _chosen[pipeline].Full;

    // All have what they can use: what is left is anybody's whose samples come faster than they did.
    private void LeaveRoom(double left)
    {
        for (int i = 0; i < _pipelines.Count && left > 0; i++)
            _load[i] += _load[i] > 0 ? left : 0;
    }

    private void Resize(IReadOnlyList<PipelineGovernor> pipelines)
    {
        _pipelines = pipelines;
        if (_load.Length == pipelines.Count)
            return;
        _chosen = new PointLoad[pipelines.Count];
        _point = new int[pipelines.Count];
        _load = new double[pipelines.Count];
    }
}
