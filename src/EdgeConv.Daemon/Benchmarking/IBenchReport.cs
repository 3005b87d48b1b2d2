namespace EdgeConv.Daemon.Benchmarking;

/// <summary>Tells what was measured.</summary>
internal interface IBenchReport
{
    /// <summary>Tells of one model.</summary>
    void Add(ModelFigures figures);

    /// <summary>Ends with the geometric mean of all ratios.</summary>
    void End();
}

/// <summary>The geometric mean of ratios.</summary>
internal sealed class RatioMean
{
    private double _logarithms;
    private int _count;

    /// <summary>exp of the mean of logarithms; null when there are none.</summary>
    public double? Value => _count == 0 ? null : Math.Exp(_logarithms / _count);

    /// <summary>Adds a ratio, above 0; null is none.</summary>
    public void Add(double? ratio)
    {
        if (ratio is not { } known)
            return;
        _logarithms += Math.Log(known);
        _count++;
    }
}
