using System.Collections.Concurrent;

namespace EdgeConv.Day;

/// <summary>Passes everything on, and says whether somebody waits for it.</summary>
internal sealed class WatchedSource(ISource source, Action<int> reading) : ISource
{
    public string Name => source.Name;

    public bool IsLive => source.IsLive;

    public ValueTask<bool> OpenAsync(CancellationToken cancellation) => source.OpenAsync(cancellation);

    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        reading(1);
        try
        {
            return await source.ReadAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            reading(-1);
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}

/// <summary>Passes everything on, and counts the results of each pipeline.</summary>
internal sealed class CountingSink(ISink inner, Observer observer) : ISink
{
    private readonly ConcurrentDictionary<string, long> _results = new();

    public long ResultsOf(string pipeline) => _results.GetValueOrDefault(pipeline);

    public long Results => _results.Values.Sum();

    public void Publish(Finding finding)
    {
        if (finding is Result result)
        {
            observer.Expect(result);
            _results.AddOrUpdate(result.Pipeline, 1, (_, count) => count + 1);
        }

        inner.Publish(finding);
    }

    public void Publish(Health health) => inner.Publish(health);

    public void Publish(Snapshot snapshot) => inner.Publish(snapshot);

    public Task WaitForRoomAsync() => inner.WaitForRoomAsync();
}
