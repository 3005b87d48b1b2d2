using System.Numerics;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Tells when results at an operating point are over their budget for more than a moment: three of the latest five,
/// or, of many, a share that is clearly above 1 %. One late result never suffices. Not thread-safe.
/// </summary>
internal sealed class OverrunDetector
{
    /// <summary>Late results of the latest five that are believed at once.</summary>
    public const int Acute = 3;

    /// <summary>Results that are looked at for that.</summary>
    public const int Recent = 5;

    private const int Memory = 200;
    private const int LeastResults = 100;
    private const double LateShare = 0.03;

    // So many in a row without a late one are unlikely while a clear share of all is late.
    private const int Recovered = 100;
    private int _results;
    private int _onTime;
    private uint _late;
    private double _share;

    /// <summary>Whether three of the latest five results were late.</summary>
    public bool IsAcute => BitOperations.PopCount(_late & ((1u << Recent) - 1)) >= Acute;

    /// <summary>Whether clearly more than 1 % of the latest results were late.</summary>
    public bool IsChronic => _results >= LeastResults && _share > LateShare;

    /// <summary>Results since the latest <see cref="Clear"/>.</summary>
    public int Results => _results;

    /// <summary>Takes in a result.</summary>
    public void Add(bool isLate)
    {
        _results++;
        _late = (_late << 1) | (isLate ? 1u : 0);
        _share += ((isLate ? 1 : 0) - _share) / Math.Min(_results, Memory);
        _onTime = isLate ? 0 : _onTime + 1;
        if (_onTime >= Recovered)
            _share = 0;
    }

    /// <summary>Forgets all: another operating point begins.</summary>
    public void Clear()
    {
        _results = 0;
        _late = 0;
        _onTime = 0;
        _share = 0;
    }
}
