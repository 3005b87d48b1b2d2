using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>One line that a worker writes to its standard output.</summary>
/// <remarks>
/// <code>
/// notice TEXT                                       something the user should know
/// refused TEXT                                      the model cannot be loaded; the worker ends
/// ready BACKEND MULTIPLY_ADDS ARENA_BYTES NAME      loaded, and the first run has ended
/// times ALLOCATED RESIDENT PEAK NANOSECONDS …       one block: bytes, and the time of each run
/// </code>
/// </remarks>
internal abstract record WorkerLine
{
    /// <summary>Something the user should know.</summary>
    public sealed record Notice(string Text) : WorkerLine
    {
        /// <inheritdoc/>
        public override string ToString() => $"notice {OneLine(Text)}";
    }

    /// <summary>Why the model cannot be loaded.</summary>
    public sealed record Refused(string Text) : WorkerLine
    {
        /// <inheritdoc/>
        public override string ToString() => $"refused {OneLine(Text)}";
    }

    /// <summary>The model is loaded, and the first run has ended.</summary>
    /// <param name="Backend">Which backend runs it.</param>
    /// <param name="MultiplyAdds">Of one run; 0 when the backend cannot tell.</param>
    /// <param name="ArenaBytes">Memory of the activations; 0 when the backend cannot tell.</param>
    /// <param name="Name">Short name of the model.</param>
    public sealed record Ready(string Backend, long MultiplyAdds, long ArenaBytes, string Name) : WorkerLine
    {
        /// <inheritdoc/>
        public override string ToString() =>
            Invariant($"ready {Backend} {MultiplyAdds} {ArenaBytes} {OneLine(Name)}");
    }

    /// <summary>One block of runs.</summary>
    /// <param name="AllocatedBytes">Managed memory that all its runs together allocated.</param>
    /// <param name="ResidentBytes">Resident set of the worker behind the block.</param>
    /// <param name="PeakBytes">Greatest resident set so far.</param>
    /// <param name="Nanoseconds">Time of each run.</param>
    public sealed record Times(
        long AllocatedBytes, long ResidentBytes, long PeakBytes, IReadOnlyList<long> Nanoseconds) : WorkerLine
    {
        /// <inheritdoc/>
        public override string ToString()
        {
            StringBuilder text = new();
            text.Append(CultureInfo.InvariantCulture, $"times {AllocatedBytes} {ResidentBytes} {PeakBytes}");
            foreach (long time in Nanoseconds)
                text.Append(CultureInfo.InvariantCulture, $" {time}");
            return text.ToString();
        }
    }

    /// <summary>Reads what <c>ToString</c> writes; null when it is no such line.</summary>
    public static WorkerLine? Parse(string line)
    {
        (string verb, string rest) = Cut(line);
        return verb switch
        {
            "notice" => new Notice(rest),
            "refused" => new Refused(rest),
            "ready" => ParseReady(rest),
            "times" => ParseTimes(rest),
            _ => null,
        };
    }

    private static Ready? ParseReady(string text)
    {
        string[] words = text.Split(' ', 4);
        return words.Length == 4
            && TryParse(words[1], out long multiplyAdds) && TryParse(words[2], out long arena)
            ? new Ready(words[0], multiplyAdds, arena, words[3])
            : null;
    }

    private static Times? ParseTimes(string text)
    {
        string[] words = text.Split(' ');
        long[] numbers = new long[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!TryParse(words[i], out numbers[i]))
                return null;
        }

        // A block has at least one run.
        return numbers.Length < 4 ? null : new Times(numbers[0], numbers[1], numbers[2], numbers[3..]);
    }

    private static (string Verb, string Content) Cut(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is > 0 and int at
            ? (line[..at], line[(at + 1)..])
            : (line, "");

    private static bool TryParse(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
