namespace EdgeConv.Benchmarks.Gate.Nab;

/// <summary>What a set of detections comes to.</summary>
/// <param name="Normalized">0 for no detection at all, 100 for one at the first row of every window.</param>
/// <param name="Found">Windows with a detection.</param>
/// <param name="False">Detections outside of windows.</param>
internal readonly record struct NabOutcome(double Normalized, int Found, int False);

/// <summary>
/// The scoring rule of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015; its program
/// <c>nab/sweeper.py</c>), standard profile. With s(y) = 2 σ(−5 y) − 1:
/// the best detection of a window of n rows counts s(y) / s(−1), y = −(last − row + 1) / n; a window without
/// one −1; a detection outside 0.11 s(y), y = (row − last) / (n − 1) of the window before, and −0.11 where
/// there is none or y &gt; 3. Rows on probation do not count.
/// </summary>
internal sealed class NabScore
{
    private const double FalseWeight = 0.11;
    private readonly NabSeries[] _series;

    public NabScore(NabSeries[] series) => _series = series;

    private int Windows => _series.Sum(series => series.Windows.Length);

    /// <summary>Scores detections, for each series its rows.</summary>
    public NabOutcome Of(IReadOnlyList<IEnumerable<int>> detections)
    {
        NabTally tally = new(_series);
        for (int i = 0; i < _series.Length; i++)
        {
            foreach (int row in detections[i])
                tally.Add(i, row);
        }

        return tally.Outcome(Windows);
    }

    /// <summary>
    /// Scores rows whose score reaches a threshold, one for all series: the best that there is, which only
    /// who knows the labels can choose.
    /// </summary>
    /// <param name="scores">For each series the score of each row.</param>
    public NabOutcome Best(IReadOnlyList<double[]> scores)
    {
        (double Score, int Series, int Row)[] rows = [.. scores.SelectMany((values, series) =>
            values.Select((score, row) => (score, series, row)))];
        Array.Sort(rows, (a, b) => b.Score.CompareTo(a.Score));
        NabTally tally = new(_series);
        NabOutcome best = tally.Outcome(Windows);
        for (int i = 0; i < rows.Length; i++)
        {
            tally.Add(rows[i].Series, rows[i].Row);
            if (i + 1 < rows.Length && rows[i + 1].Score == rows[i].Score)
                continue;
            NabOutcome outcome = tally.Outcome(Windows);
            if (outcome.Normalized > best.Normalized)
                best = outcome;
        }

        return best;
    }

    /// <summary>The window that a row lies in, or −1, and what a detection there counts.</summary>
    internal static (int Window, double Value) At(NabSeries series, int row)
    {
        int last = Array.FindLastIndex(series.Windows, window => window.First <= row);
        if (last < 0)
            return (-1, -FalseWeight);
        RowRange window = series.Windows[last];
        if (row <= window.Last)
            return (last, Sigmoid(-(window.Last - row + 1.0) / window.Count) / Sigmoid(-1));
        double past = (row - window.Last) / (window.Count - 1.0);
        return (-1, FalseWeight * (past > 3 ? -1 : Sigmoid(past)));
    }

    // s(y) = 2 / (1 + e^(5 y)) − 1.
    private static double Sigmoid(double y) => -Math.Tanh(2.5 * y);
}

/// <summary>Adds up detections.</summary>
internal sealed class NabTally(NabSeries[] series)
{
    private readonly double?[][] _best = [.. series.Select(one => new double?[one.Windows.Length])];
    private double _sum;
    private int _found;
    private int _false;

    public void Add(int index, int row)
    {
        if (row < series[index].Probation)
            return;
        (int window, double value) = NabScore.At(series[index], row);
        if (window < 0)
        {
            _sum += value;
            _false++;
            return;
        }

        ref double? best = ref _best[index][window];
        _found += best is null ? 1 : 0;
        _sum += Math.Max(0, value - (best ?? 0));
        best = Math.Max(value, best ?? 0);
    }

    // Without a detection the sum is −windows, with the best ones it is windows.
    public NabOutcome Outcome(int windows)
    {
        double sum = _sum - (windows - _found);
        return new NabOutcome(100 * (sum + windows) / (2.0 * windows), _found, _false);
    }
}
