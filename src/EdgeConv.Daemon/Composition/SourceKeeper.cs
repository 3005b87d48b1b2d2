using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Devices;

namespace EdgeConv.Daemon.Composition;

/// <summary>Makes a source for what a model wants.</summary>
internal delegate ISource SourceMaker(SourceOptions options, SampleWish wish);

/// <summary>
/// Makes sources, and keeps the one on standard input while its pipeline is built anew: what it has read
/// ahead cannot be read again, and where a picture begins could not be found again.
/// </summary>
internal sealed class SourceKeeper(SourceMaker make)
{
    private Kept? _kept;

    /// <summary>The kept source when it is the one that is asked for, otherwise a new one.</summary>
    /// <exception cref="ConfigError">The options do not fit.</exception>
    public ISource Make(SourceOptions options, SampleWish wish)
    {
        if (options.Kind != SourceKind.Stdin)
            return make(options, wish);
        string form = $"{wish} {JsonSerializer.Serialize(options, OptionsJson.Default.SourceOptions)}";
        if (_kept?.Form != form)
            _kept = new Kept(form, make(options, wish));
        return new Loan(this, _kept);
    }

    private sealed record Kept(string Form, ISource Source);

    /// <summary>Disposing it leaves the source open as long as it is the one that is kept.</summary>
    private sealed class Loan(SourceKeeper keeper, Kept kept) : ISource
    {
        public string Name => kept.Source.Name;

        public bool IsLive => kept.Source.IsLive;

        public ValueTask<Sample?> ReadAsync(CancellationToken cancellation) =>
            kept.Source.ReadAsync(cancellation);

        public ValueTask DisposeAsync() =>
            ReferenceEquals(keeper._kept, kept) ? ValueTask.CompletedTask : kept.Source.DisposeAsync();
    }
}
