using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using static System.FormattableString;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Streams all samples of a source through a model once. What is unusable is named and skipped.
/// </summary>
internal sealed class SampleFeed(SourceOptions data, FamilyMember member, Progress progress)
{
    private const int MostNamed = 10;
    private string _lastProblem = "";

    /// <summary>Whether every skipped sample is named, not only the first ten.</summary>
    public bool NamesAll { get; init; }

    /// <summary>Whether it is told how far it has come.</summary>
    public bool IsProgressTold { get; init; }

    /// <summary>What has been read: samples that were taken or skipped.</summary>
    public FitPosition Position { get; private set; }

    /// <summary>Passes over what an earlier run has read.</summary>
    public FitPosition ResumeAt { get; init; }

    /// <summary>Runs the model on each sample and hands both over.</summary>
    /// <param name="take">
    /// Called after each run. A <see cref="DataError"/> of its own says that the sample is unusable.
    /// </param>
    /// <param name="afterEach">Called after each sample, taken or skipped.</param>
    /// <param name="cancellation">Ends it between two samples.</param>
    /// <exception cref="DataError">No sample could be taken.</exception>
    public async Task RunAsync(
        Action<Sample, Outcome> take, Action? afterEach, CancellationToken cancellation)
    {
        ISource source = SourceFactory.Create(data, member.WindowLength, TimeProvider.System);
        await using (source.ConfigureAwait(false))
        {
            for (long i = 0; i < ResumeAt.Read; i++)
                await PassOverAsync(source, cancellation).ConfigureAwait(false);
            Position = ResumeAt;
            progress.Total = IsProgressTold ? SampleCount.Of(data, member.WindowLength) : null;
            progress.StartFrom(Position.Read);
            while (await NextAsync(source, take, cancellation).ConfigureAwait(false))
            {
                afterEach?.Invoke();
                if (IsProgressTold)
                    progress.Report(Position.Read);
            }
        }

        progress.Clear();
        if (Position.Taken == 0)
        {
            throw new DataError(data.Path, Position.Skipped == 0
                ? "holds no whole sample"
                : Invariant($"all {Position.Skipped} samples were skipped, the last: {_lastProblem}"));
        }

        if (Position.Skipped > MostNamed && !NamesAll)
            progress.Say(Invariant($"{Position.Skipped} samples were skipped"));
    }

    private static async Task PassOverAsync(ISource source, CancellationToken cancellation)
    {
        try
        {
            using Sample? sample = await source.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (DataError)
        {
            // It was named when it was read first.
        }
    }

    // False at the end.
    private async Task<bool> NextAsync(
        ISource source, Action<Sample, Outcome> take, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            using Sample? sample = await source.ReadAsync(cancellation).ConfigureAwait(false);
            if (sample is null)
                return false;
            take(sample, member.Process(sample, TimeProvider.System));
            Position = Position with { Taken = Position.Taken + 1 };
        }
        catch (DataError error)
        {
            _lastProblem = error.Message;
            Position = Position with { Skipped = Position.Skipped + 1 };
            if (NamesAll || Position.Skipped <= MostNamed)
                progress.Say($"skipped: {error.Message}");
        }

        return true;
    }
}
