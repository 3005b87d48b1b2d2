namespace EdgeConv.Testing;

/// <summary>Measures what code allocates that runs again and again.</summary>
/// <remarks>
/// The count of the running thread is exact, but the runtime allocates on that thread too, once in a while
/// and for reasons that lie elsewhere: caches of casts and of virtual calls, which all threads share, grow on
/// whichever thread misses them, and methods that have become hot are entered for the first time. What a run
/// allocates itself, it allocates in every run. So several rounds are measured and the least counts: code
/// that allocates at all shows in each of them, and what happens once cannot fill them all.
/// </remarks>
public static class Allocation
{
    private const int Rounds = 10;

    /// <summary>The least bytes that a round of <paramref name="runs"/> runs allocates on this thread.</summary>
    /// <param name="run">Runs on this thread; run once before it counts.</param>
    /// <param name="runs">Runs of a round.</param>
    public static long Least(Action run, int runs = 1)
    {
        ArgumentNullException.ThrowIfNull(run);
        run();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < runs; i++)
                run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
