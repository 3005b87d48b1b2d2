namespace EdgeConv.Devices.Board;

/// <summary>
/// Power and energy of all x86 processor packages. A counter that stands still, or that jumps by more than
/// processors can draw, counts for nothing.
/// </summary>
internal sealed class RaplMeter(SysRoot root, TimeProvider time)
{
    // A counter that starts anew looks as if it had wrapped, and some virtual machines' counters never move.
    private const double MostWatts = 2000;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    private readonly FolderWatch _powercap = root.Watch("sys/class/powercap");
    private RaplPackage[] _packages = [];
    private long[] _earlier = [];
    private long[] _now = [];
    private bool _hasEarlier;
    private long _earlierAt;
    private double _joules;
    private (double? Watts, double? Joules) _latest;

    /// <summary>
    /// Mean power in W since the last reading, null at the first one; energy in J since the first one, null
    /// without a counter that moves.
    /// </summary>
    public (double? Watts, double? Joules) Read()
    {
        if (_powercap.HasChanged())
            Find();
        TimeSpan elapsed = time.GetElapsedTime(_earlierAt);
        if (_hasEarlier && elapsed < ShortestInterval)
            return _latest;
        if (!ReadCounters())
            return default;
        bool isFirst = !_hasEarlier;
        double? joules = isFirst ? null : Joules(elapsed);
        (_earlier, _now) = (_now, _earlier);
        _earlierAt = time.GetTimestamp();
        _hasEarlier = true;
        _joules += joules ?? 0;
        _latest = (joules / elapsed.TotalSeconds, isFirst || joules is not null ? _joules : null);
        return _latest;
    }

    private void Find()
    {
        _packages = RaplPackage.Find(root);
        _earlier = new long[_packages.Length];
        _now = new long[_packages.Length];
        _hasEarlier = false;
    }

    // One silent package makes the sum unknown, not smaller.
    private bool ReadCounters()
    {
        for (int i = 0; i < _packages.Length; i++)
        {
            _now[i] = _packages[i].Energy.Number() ?? -1;
            if (_now[i] < 0)
                return false;
        }

        return _packages.Length != 0;
    }

    private double? Joules(TimeSpan elapsed)
    {
        long? sum = 0;
        for (int i = 0; i < _packages.Length; i++)
            sum += _packages[i].Between(_earlier[i], _now[i]);
        return sum / 1e6 is { } joules and > 0 && joules <= MostWatts * elapsed.TotalSeconds ? joules : null;
    }
}
