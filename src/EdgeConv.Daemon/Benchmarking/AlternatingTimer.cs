using System.Diagnostics;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// Times sessions in short blocks that take turns, so that whatever else the machine does falls on all of
/// them alike.
/// </summary>
internal static class AlternatingTimer
{
    private const int WarmUps = 5;
    /// <summary>Writes noise: zeros and subnormals can be faster or slower than real data.</summary>
    public static void FillInputs(ISession session)
    {
        Random random = new(1);
        for (int i = 0; i < session.Inputs.Count; i++)
        {
            if (session.Inputs[i].Type != DataType.Float32)
                continue;
            foreach (ref float value in session.GetInput(i).AsSpan<float>())
                value = random.NextSingle() * 2 - 1;
        }
    }

    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs every session for about <paramref name="each"/>.</summary>
    /// <returns>The times of each session.</returns>
    public static IReadOnlyList<RunTimes> Measure(IReadOnlyList<ISession> sessions, TimeSpan each)
    {
        RunTimes[] times = [.. sessions.Select(_ => new RunTimes())];
        foreach (ISession session in sessions)
        {
            FillInputs(session);
            for (int i = 0; i < WarmUps; i++)
                session.Run();
        }

        Stopwatch total = Stopwatch.StartNew();
        do
        {
            for (int i = 0; i < sessions.Count; i++)
                RunBlock(sessions[i], times[i]);
        }
        while (total.Elapsed < each * sessions.Count);
        return times;
    }

    private static void RunBlock(ISession session, RunTimes times)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Block)
        {
            long started = Stopwatch.GetTimestamp();
            session.Run();
            // A TimeSpan would round to 100 ns.
            times.Add((Stopwatch.GetTimestamp() - started) * 1000.0 / Stopwatch.Frequency);
        }
    }
}
