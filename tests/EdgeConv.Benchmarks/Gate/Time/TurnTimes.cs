using System.Diagnostics;

namespace EdgeConv.Benchmarks.Gate.Time;

/// <summary>Times of two actions that took turns.</summary>
internal sealed class TurnTimes
{
    private const int Loads = 12;
    private const int RoundsEach = 50;
    private const int Rounds = Loads * RoundsEach;
    private const int RunsEach = 4;
    private readonly double[] _ratios;

    private TurnTimes(double[] ratios, double milliseconds)
    {
        _ratios = ratios;
        Milliseconds = milliseconds;
    }

    /// <summary>Median of the first action's time.</summary>
    public double Milliseconds { get; }

    /// <summary>A quantile, over the rounds, of the share that the second takes longer than the first.</summary>
    public double Extra(double quantile) => _ratios[(int)(quantile * (_ratios.Length - 1))] - 1;

    /// <summary>Measures: in each round some runs of one, then of the other, which begins every other round.</summary>
    /// <param name="first">What is measured against.</param>
    /// <param name="second">What takes longer.</param>
    /// <param name="reload">Moves the data of both; called between stretches of rounds.</param>
    public static TurnTimes Measure(Action first, Action second, Action reload)
    {
        double[] ratios = new double[Rounds], times = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            if (round % RoundsEach == 0)
            {
                reload();
                Time(first);
                Time(second);
            }

            bool isTurned = round % 2 == 1;
            double early = Time(isTurned ? second : first), late = Time(isTurned ? first : second);
            times[round] = isTurned ? late : early;
            ratios[round] = isTurned ? early / late : late / early;
        }

        Array.Sort(ratios);
        Array.Sort(times);
        return new TurnTimes(ratios, times[Rounds / 2]);
    }

    // Milliseconds a run; the first brings the action's data back into the caches.
    private static double Time(Action action)
    {
        action();
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < RunsEach; i++)
            action();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds / RunsEach;
    }
}
