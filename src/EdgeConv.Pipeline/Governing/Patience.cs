namespace EdgeConv.Pipeline.Governing;

/// <summary>What a machine has left for a point.</summary>
/// <param name="Slowdown">Service time now over the profile's.</param>
/// <param name="OtherCores">Processors that other programs keep busy; null when nobody tells.</param>
internal readonly record struct MachineState(double Slowdown, double? OtherCores);

/// <summary>
/// How long a point that failed to hold the latency is left alone: two minutes, five times as long each time it
/// fails again within half an hour, an hour at most; not at all once the machine is clearly faster than when it
/// failed, or, where other programs were at work, once they have given back half of what they had then, the first two
/// times. What is slower than a point that failed is left alone with it. Not thread-safe.
/// </summary>
/// <remarks>
/// A scheduler lets a small model, which sleeps most of the time, run at once beside programs that would hold up a
/// large one: its own times do not tell that they have gone.
/// </remarks>
internal sealed class Patience(Frontier frontier, TimeProvider time)
{
    private const double FasterShare = 0.8;
    private const double FreerShare = 0.5;
    private const double FreerCores = 0.5;
    private const int Longer = 5;
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_told = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_soon = TimeSpan.FromMinutes(30);
    private readonly Failure[] _failures = new Failure[frontier.Count];

    /// <summary>Notes what other programs have, which is told some time after it is felt.</summary>
    public void Note(double? otherCores)
    {
        for (int i = 0; i < _failures.Length && otherCores is not null; i++)
        {
            bool isToldLate = time.GetElapsedTime(_failures[i].At) < s_told;
            if (isToldLate && !(_failures[i].OtherCores >= otherCores))
                _failures[i] = _failures[i] with { OtherCores = otherCores };
        }
    }

    /// <summary>Notes that a point has failed.</summary>
    /// <param name="point">Its index.</param>
    /// <param name="held">How long it had run.</param>
    /// <param name="machine">What the machine had left.</param>
    public void Fail(int point, TimeSpan held, MachineState machine)
    {
        Failure before = _failures[point];
        bool isSoon = before.Wait > TimeSpan.Zero && held < s_soon && time.GetElapsedTime(before.At) < s_longest * 2;
        TimeSpan longer = before.Wait * Longer < s_longest ? before.Wait * Longer : s_longest;
        _failures[point] = new Failure(
            time.GetTimestamp(), isSoon ? longer : s_first, machine.Slowdown, machine.OtherCores);
    }

    /// <summary>Whether a point may be tried again.</summary>
    public bool Allows(int point, MachineState machine)
    {
        for (int i = 0; i < _failures.Length; i++)
        {
            Failure failure = _failures[i];
            if (failure.Wait > TimeSpan.Zero && frontier[i].Service <= frontier[point].Service
                && !HasRecovered(failure, machine) && time.GetElapsedTime(failure.At) < failure.Wait)
                return false;
        }

        return true;
    }

    // Who comes and goes again and again is not worth a move each time.
    private static bool HasRecovered(in Failure failure, MachineState machine) => failure.OtherCores >= FreerCores
        ? failure.Wait <= s_first * Longer && machine.OtherCores <= failure.OtherCores * FreerShare
            && machine.OtherCores <= failure.OtherCores - FreerCores
        : machine.Slowdown <= failure.Slowdown * FasterShare;

    private readonly record struct Failure(long At, TimeSpan Wait, double Slowdown, double? OtherCores);
}
