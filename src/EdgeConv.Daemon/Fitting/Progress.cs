using static System.FormattableString;


namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Tells how far a long run has come: one line written over again on a terminal, plain lines elsewhere.
/// </summary>
internal sealed class Progress(TextWriter text, bool isTerminal, TimeProvider time)
{
    private const string EraseLine = "\r\e[K";
    private static readonly TimeSpan OnTerminal = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);
    private readonly long _begun = time.GetTimestamp();
    private long _told = time.GetTimestamp();
    private long _first;
    private bool _isShown;

    /// <summary>Progress on standard error.</summary>
    public static Progress OnStandardError() =>
        new(Console.Error, !Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>How many samples there are; null when it is not known.</summary>
    public long? Total { get; set; }

    /// <summary>Samples that an earlier run has done, which say nothing of the rate.</summary>
    public void StartFrom(long done) => _first = done;

    /// <summary>Tells that so many samples are done, unless it was told a moment ago.</summary>
    public void Report(long done)
    {
        if (time.GetElapsedTime(_told) < (isTerminal ? OnTerminal : Elsewhere))
            return;
        _told = time.GetTimestamp();
        if (isTerminal)
            text.Write($"{EraseLine}{Line(done)}");
        else
            text.WriteLine(Line(done));
        _isShown = isTerminal;
    }

    /// <summary>Writes a line of its own.</summary>
    public void Say(string line)
    {
        Clear();
        text.WriteLine(line);
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_isShown)
            text.Write(EraseLine);
        _isShown = false;
    }

    private string Line(long done)
    {
        double rate = (done - _first) / Math.Max(time.GetElapsedTime(_begun).TotalSeconds, 1e-3);
        if (Total is not long total)
            return Invariant($"{done} samples, {rate:0.#}/s");
        double left = rate > 0 ? Math.Max(0, total - done) / rate : double.PositiveInfinity;
        string remaining = left < 1e8 ? $", {Duration(TimeSpan.FromSeconds(Math.Ceiling(left)))} left" : "";
        return Invariant($"{done} of {total} samples, {rate:0.#}/s{remaining}");
    }

    private static string Duration(TimeSpan time)
    {
        if (time.TotalHours >= 1)
            return Invariant($"{(int)time.TotalHours} h {time.Minutes} min");
        string seconds = Invariant($"{time.Seconds} s");
        return time.TotalMinutes >= 1 ? Invariant($"{time.Minutes} min {seconds}") : seconds;
    }
}
