using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Streams all samples of a source through a model once. What is unusable is named and skipped.
/// </summary>
internal sealed class SampleFeed(SourceOptions data, FamilyMember member, TextWriter messages)
{
    private const int MostNamed = 10;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);
    private string _lastProblem = "";

    /// <summary>Samples that were taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Samples that were skipped.</summary>
    public long Skipped { get; private set; }

    /// <summary>Runs the model on each sample and hands both over.</summary>
    /// <param name="take">
    /// Called after each run. A <see cref="DataError"/> of its own says that the sample is unusable.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DataError">No sample could be taken.</exception>
    public async Task RunAsync(Action<Sample, Outcome> take, CancellationToken cancellation)
    {
        ISource source = SourceFactory.Create(data, member.WindowLength, TimeProvider.System);
        await using (source.ConfigureAwait(false))
        {
            long begun = TimeProvider.System.GetTimestamp();
            while (await NextAsync(source, take, cancellation).ConfigureAwait(false))
            {
                if (TimeProvider.System.GetElapsedTime(begun) < ProgressInterval)
                    continue;
                begun = TimeProvider.System.GetTimestamp();
                messages.WriteLine(Invariant($"{Taken} samples …"));
            }
        }

        if (Taken == 0)
        {
            throw new DataError(data.Path, Skipped == 0
                ? "holds no whole sample"
                : Invariant($"all {Skipped} samples were skipped, the last: {_lastProblem}"));
        }

        if (Skipped > MostNamed)
            messages.WriteLine(Invariant($"{Skipped} samples were skipped"));
    }

    // False at the end.
    private async Task<bool> NextAsync(
        ISource source, Action<Sample, Outcome> take, CancellationToken cancellation)
    {
        try
        {
            using Sample? sample = await source.ReadAsync(cancellation).ConfigureAwait(false);
            if (sample is null)
                return false;
            take(sample, member.Process(sample, TimeProvider.System));
            Taken++;
        }
        catch (DataError error)
        {
            _lastProblem = error.Message;
            if (++Skipped <= MostNamed)
                messages.WriteLine($"skipped: {error.Message}");
        }

        return true;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
