namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// How long a point that failed to hold the latency is left alone: two minutes, five times as long each time it
/// fails again within half an hour, an hour at most; not at all once the machine is clearly faster than when it
/// failed. What is slower than a point that failed is left alone with it. Not thread-safe.
/// </summary>
internal sealed class Patience(Frontier frontier, TimeProvider time)
{
    private const double FasterShare = 0.8;
    private const int Longer = 5;
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_soon = TimeSpan.FromMinutes(30);
    private readonly Failure[] _failures = new Failure[frontier.Count];

    /// <summary>Notes that a point has failed.</summary>
    /// <param name="point">Its index.</param>
    /// <param name="held">How long it had run.</param>
    /// <param name="slowdown">How slow the machine was.</param>
    public void Fail(int point, TimeSpan held, double slowdown)
    {
        Failure before = _failures[point];
        bool isSoon = before.Wait > TimeSpan.Zero && held < s_soon && time.GetElapsedTime(before.At) < s_longest * 2;
        TimeSpan longer = before.Wait * Longer < s_longest ? before.Wait * Longer : s_longest;
        _failures[point] = new Failure(time.GetTimestamp(), isSoon ? longer : s_first, slowdown);
    }

    /// <summary>Whether a point may be tried again at a slowdown.</summary>
    public bool Allows(int point, double slowdown)
    {
        for (int i = 0; i < _failures.Length; i++)
        {
            Failure failure = _failures[i];
            if (failure.Wait > TimeSpan.Zero && frontier[i].Service <= frontier[point].Service
                && slowdown > failure.Slowdown * FasterShare && time.GetElapsedTime(failure.At) < failure.Wait)
                return false;
        }

        return true;
    }

    private readonly record struct Failure(long At, TimeSpan Wait, double Slowdown);
}
