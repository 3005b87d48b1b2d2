using System.Diagnostics;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Commands;
using EdgeConv.Daemon.Composition;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// <c>edgeconv bench-worker BACKEND THREADS MODEL [plans:FOLDER] [NAME=SHAPE …]</c>, which <c>bench</c> starts: loads a
/// model, runs it once, then answers each line of its standard input with one on its standard output, until
/// the input ends.
/// </summary>
/// <remarks>
/// <code>
/// time MILLISECONDS     runs a little to warm the caches, then for so long, timed
/// runs COUNT            so many runs, timed, and nothing else: for counting instructions
/// </code>
/// Answers: <see cref="WorkerLine"/>. It stands beside the commands rather than among them, so that a cold
/// start holds nothing that is not the model's.
/// </remarks>
internal sealed class BenchWorker(ISession session, TextReader requests, TextWriter answers)
{
    /// <summary>The word that makes this program a worker.</summary>
    public const string Verb = "bench-worker";

    private const int MostRuns = 1 << 16;
    private const double WarmUpMilliseconds = 2;

    private readonly long[] _ticks = new long[MostRuns];

    /// <summary>Serves until the standard input ends.</summary>
    /// <returns>The exit status.</returns>
    public static int Run(ReadOnlySpan<string> words)
    {
        NativeProcess.DieWithParent();
        using StreamWriter answers = new(Console.OpenStandardOutput()) { AutoFlush = true };
        try
        {
            if (WorkerOrder.Parse(words) is not { } order)
                return Root.Fail($"'{Verb}' is started by 'edgeconv bench'");
            using ISession session = Load(order, answers);
            session.Run();
            answers.WriteLine(new WorkerLine.Ready(
                session.Backend, session.MultiplyAdds, session.ArenaBytes, session.Model.Name));
            InputNoise.Fill(session);
            using StreamReader requests = new(Console.OpenStandardInput());
            return new BenchWorker(session, requests, answers).Serve();
        }
        catch (Exception problem)
            when (problem is EdgeConvError or IOException or UnauthorizedAccessException)
        {
            answers.WriteLine(new WorkerLine.Refused(problem.Message));
        }
        catch (OutOfMemoryException)
        {
            answers.WriteLine(new WorkerLine.Refused($"{words[2]}: there is not enough memory for it"));
        }

        return Root.Failure;
    }

    /// <summary>Answers requests until there are no more.</summary>
    /// <returns>The exit status: a failure after a request that is none.</returns>
    public int Serve()
    {
        while (requests.ReadLine() is { } line)
        {
            if (Answer(line) is not { } answer)
                return Root.Fail($"'{line}' is no request; time MILLISECONDS or runs COUNT would be right");
            answers.WriteLine(answer);
        }

        return Root.Success;
    }

    private static ISession Load(WorkerOrder order, TextWriter answers)
    {
        SessionLoader loader = new(text => answers.WriteLine(new WorkerLine.Notice(text)), order.PlanFolder);
        return loader.FactoryOf(order.Backend, order.Model).Load(order.Model, order.SessionOptions);
    }

    private WorkerLine.Times? Answer(string line)
    {
        string[] words = line.Split(' ');
        if (words.Length != 2 || !double.TryParse(words[1], CultureInfo.InvariantCulture, out double amount)
            || !(amount >= 0))
        {
            return null;
        }

        if (words[0] == "runs")
            return Measure((int)Math.Clamp(amount, 1, MostRuns), double.PositiveInfinity);
        if (words[0] != "time")
            return null;
        WarmUp();
        return Measure(MostRuns, amount);
    }

    // The other backend has had the caches.
    private void WarmUp()
    {
        long begun = Stopwatch.GetTimestamp();
        do
            session.Run();
        while (Stopwatch.GetElapsedTime(begun).TotalMilliseconds < WarmUpMilliseconds);
    }

    private WorkerLine.Times Measure(int most, double milliseconds)
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        int runs = RunTimed(most, milliseconds * Stopwatch.Frequency / 1000);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        (long resident, long peak) = ProcessMemory.Read();
        double nanoseconds = 1e9 / Stopwatch.Frequency;
        return new WorkerLine.Times(
            allocated, resident, peak, [.. _ticks.Take(runs).Select(ticks => (long)(ticks * nanoseconds))]);
    }

    private int RunTimed(int most, double ticks)
    {
        long begun = Stopwatch.GetTimestamp(), started = begun;
        int runs = 0;
        do
        {
            session.Run();
            long ended = Stopwatch.GetTimestamp();
            _ticks[runs++] = ended - started;
            started = ended;
        }
        while (runs < most && started - begun < ticks);
        return runs;
    }
}
