using System.Runtime.CompilerServices;
using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Reporting;

/// <summary>Reads samples once through, and passes over what is unusable.</summary>
internal static class SampleStream
{
    /// <summary>
    /// The samples of a source. Each holds until the next is asked for; whoever enumerates does not dispose
    /// them.
    /// </summary>
    public static async IAsyncEnumerable<Sample> ReadAsync(
        SourceOptions data, FamilyMember member, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ISource source = SourceFactory.Create(data, member.WindowLength, TimeProvider.System);
        await using (source.ConfigureAwait(false))
        {
            bool isAtEnd = false;
            while (!isAtEnd)
            {
                cancellation.ThrowIfCancellationRequested();
                Sample? sample = null;
                try
                {
                    sample = await source.ReadAsync(cancellation).ConfigureAwait(false);
                    isAtEnd = sample is null;
                }
                catch (DataError)
                {
                    // The fit, or the count of the samples, has named it.
                }

                if (sample is null)
                    continue;
                using (sample)
                    yield return sample;
            }
        }
    }
}
