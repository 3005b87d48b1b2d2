namespace EdgeConv.Testing;

/// <summary>Measures what code allocates that runs again and again.</summary>
/// <remarks>
/// The runtime keeps the count of each thread, so other threads and collections do not disturb it. What can
/// is the runtime itself, which may allocate on the thread that first comes by: a type initialised late, a
/// cache shared by all threads that grows. That happens once; what a run allocates, it allocates in every
/// run. So several rounds are measured and the least counts.
/// </remarks>
public static class Allocation
{
    private const int Rounds = 10;

    /// <summary>
    /// The least bytes that a round of <paramref name="runs"/> runs allocates on this thread.
    /// </summary>
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
