namespace EdgeConv.Pipeline.Governing;

/// <summary>How long a family is measured.</summary>
/// <param name="Turns">How often each point's turn comes, at least 1.</param>
/// <param name="Slice">Time of one turn; it holds at least one run.</param>
/// <param name="Pause">
/// Sleep before each run, as between a source's samples: the processor rests, and its caches go to others. A small
/// model takes half as long again as in a row.
/// </param>
public sealed record ProfileEffort(int Turns, TimeSpan Slice, TimeSpan Pause = default)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(4);

    /// <summary>At least three runs and about 50 ms a point, for a start that nobody waits for long.</summary>
    public static ProfileEffort Brief { get; } = new(3, TimeSpan.FromMilliseconds(17), s_pause);

    /// <summary>At least twenty runs and about 2 s a point.</summary>
    public static ProfileEffort Thorough { get; } = new(20, TimeSpan.FromMilliseconds(100), s_pause);
}
