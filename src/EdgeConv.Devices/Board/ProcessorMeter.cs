using System.Buffers.Text;

namespace EdgeConv.Devices.Board;

/// <summary>
/// How many processors other programs keep busy, from the ticks of /proc/stat and this process's own time. Allocates
/// nothing in a reading. Not thread-safe.
/// </summary>
internal sealed class ProcessorMeter(SysRoot root, TimeProvider time)
{
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user and nice.
    private const int Fields = 8;
    private const int Idle = 3;
    private const int WaitingForDisk = 4;

    // USER_HZ is 100 on all machines that Linux tells it of in this file.
    private const double TicksPerSecond = 100;

    // Of less time too few ticks pass.
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(0.9);
    private readonly SysFile _stat = root.File("proc", "stat");
    private Times _before;
    private bool _hasBefore;
    private double? _latest;

    /// <summary>Mean over about the last second, 0 to the number of processors; null when it is not told.</summary>
    public double? Read()
    {
        long now = time.GetTimestamp();
        if (_hasBefore && time.GetElapsedTime(_before.At, now) < s_shortest)
            return _latest;
        if (ReadTicks() is not { } ticks)
        {
            _hasBefore = false;
            return _latest = null;
        }

        // A recorded board does not run this program.
        TimeSpan own = root.IsRedirected ? TimeSpan.Zero : Environment.CpuUsage.TotalTime;
        Times times = new(now, ticks.Busy, ticks.All, own);
        _latest = _hasBefore ? Others(times) : null;
        (_before, _hasBefore) = (times, true);
        return _latest;
    }

    private double? Others(in Times now)
    {
        long all = now.All - _before.All;
        long busy = now.Busy - _before.Busy;
        if (all <= 0 || busy < 0)
            return null;
        // The file counts all processors, of which this program may be allowed a part.
        TimeSpan elapsed = time.GetElapsedTime(_before.At, now.At);
        double own = (now.Own - _before.Own) / elapsed;
        return Math.Max(0, busy / (TicksPerSecond * elapsed.TotalSeconds) - own);
    }

    // The first line is of all processors together: "cpu  1 2 3 4 5 6 7 8 9 10".
    private (long Busy, long All)? ReadTicks()
    {
        Span<byte> bytes = stackalloc byte[256];
        int read = _stat.Read(bytes);
        ReadOnlySpan<byte> line = bytes[..Math.Max(0, read)];
        if (!line.StartsWith("cpu "u8))
            return null;
        line = line[4..];
        (long busy, long all) = (0, 0);
        for (int field = 0; field < Fields; field++)
        {
            line = line.TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(line, out long ticks, out int used) || ticks < 0)
                return null;
            line = line[used..];
            all += ticks;
            busy += field is Idle or WaitingForDisk ? 0 : ticks;
        }

        return (busy, all);
    }

    private readonly record struct Times(long At, long Busy, long All, TimeSpan Own);
}
