namespace EdgeConv.Daemon.Reporting;

/// <summary>Where samples come from.</summary>
internal enum SetKind
{
    /// <summary>In-distribution samples that the distances were fitted to.</summary>
    Fit,

    /// <summary>In-distribution samples that calibrate.</summary>
    Calibration,

    /// <summary>Outliers made of calibration samples.</summary>
    Synthetic,

    /// <summary>Samples that the user calls out-of-distribution.</summary>
    Other,
}

/// <summary>What the gate said of each sample of a set.</summary>
/// <param name="name">Its name.</param>
/// <param name="kind">Where its samples come from.</param>
/// <param name="taps">Taps of the gate.</param>
internal sealed class ScoredSet(string name, SetKind kind, int taps)
{
    private readonly List<double>[] _scores = [.. Enumerable.Range(0, taps).Select(_ => new List<double>())];
    private readonly List<double> _values = [];

    /// <summary>The set's name.</summary>
    public string Name => name;

    /// <summary>Where its samples come from.</summary>
    public SetKind Kind => kind;

    /// <summary>Samples.</summary>
    public int Count => _values.Count;

    /// <summary>The combined p-value of each sample.</summary>
    public double[] PValues => [.. _values];

    /// <summary>The score of each sample at one tap.</summary>
    public double[] Scores(int tap) => [.. _scores[tap]];

    /// <summary>The share of samples whose p-value is at most a threshold.</summary>
    public double FlagRate(double threshold) => _values.Count(p => p <= threshold) / (double)Count;

    /// <summary>Adds a sample.</summary>
    /// <param name="p">Its combined p-value.</param>
    /// <param name="scoreOf">Its score at each tap.</param>
    public void Add(double p, Func<int, double> scoreOf)
    {
        _values.Add(p);
        for (int tap = 0; tap < _scores.Length; tap++)
            _scores[tap].Add(scoreOf(tap));
    }
}
