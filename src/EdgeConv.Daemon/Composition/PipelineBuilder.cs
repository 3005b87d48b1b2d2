using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Devices;
using EdgeConv.Devices.Files;
using EdgeConv.Mqtt;
using EdgeConv.Mqtt.Inlets;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Composition;

/// <summary>
/// Builds pipelines from their options: opens models and fingerprints, joins them with source and sink, and
/// learns what each of their operating points takes.
/// </summary>
internal sealed class PipelineBuilder(
    SessionLoader loader, ISink sink, BoardMonitor board, FamilyProfiles profiles, TimeProvider time)
{
    /// <summary>The broker that results go to, once it is known.</summary>
    public Func<MqttOptions> Results { get; init; } =
        () => throw new InvalidOperationException("nothing is published");

    /// <summary>Where the pictures of a pipeline of this name are shown.</summary>
    public Func<string, IPreview?> Previews { get; init; } = _ => null;

    private readonly SourceKeeper _sources =
        new((options, wish) => SourceFactory.Create(options, wish, time));

    /// <summary>Builds one pipeline. Its source is opened when it runs.</summary>
    /// <exception cref="EdgeConvError">
    /// A model, a fingerprint or an option does not fit; nothing is left open.
    /// </exception>
    public RunnablePipeline Build(PipelineOptions options)
    {
        List<FamilyMember> family = LoadFamily(options);
        try
        {
            ISource source = MakeSource(options, SampleWishes.Of(family, options.Preprocess));
            return Join(options, source, family);
        }
        catch
        {
            family.ForEach(member => member.Dispose());
            throw;
        }
    }

    private ISource MakeSource(PipelineOptions options, SampleWish wish) => options.Inlet is { } inlet
        ? SourceFactory.Create(options.Source, wish, new MqttInlet(inlet, Results, time))
        : _sources.Make(options.Source, wish);

    /// <summary>Joins a source and a family into a pipeline.</summary>
    public RunnablePipeline Join(
        PipelineOptions options, ISource source, IReadOnlyList<FamilyMember> family) => new(
        new Pipeline.Pipeline(new PipelineParts
        {
            Name = options.Name,
            Source = source,
            Family = family,
            Profiles = profiles.Of(options, family),
            Sink = sink,
            Board = board,
            Budget = options.Budget,
            Watch = options.Gate.Watch,
            Snapshots = options.Snapshots,
            Preview = family[0].WindowLength is null ? Previews(options.Name) : null,
            Encoder = new PictureEncoder(),
            Time = time,
        }),
        source);

    /// <summary>Loads all members of a pipeline's family.</summary>
    /// <exception cref="EdgeConvError">One of them does not load; none is left open.</exception>
    public List<FamilyMember> LoadFamily(PipelineOptions options) => new FamilyLoader(loader).Load(options);
}
