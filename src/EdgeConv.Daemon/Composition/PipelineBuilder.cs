using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using EdgeConv.Devices.Files;
using EdgeConv.Engine.Execution;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Composition;

/// <summary>
/// Builds pipelines from their options: opens models and fingerprints, joins them with source and sink.
/// </summary>
internal sealed class PipelineBuilder(SessionLoader loader, ISink sink, BoardMonitor board, TimeProvider time)
{
    private readonly SourceKeeper _sources =
        new((options, windowLength) => SourceFactory.Create(options, windowLength, time));

    /// <summary>Builds one pipeline. Its source is opened when it runs.</summary>
    /// <exception cref="EdgeConvError">
    /// A model, a fingerprint or an option does not fit; nothing is left open.
    /// </exception>
    public RunnablePipeline Build(PipelineOptions options)
    {
        List<FamilyMember> family = LoadFamily(options);
        try
        {
            ISource source = _sources.Make(options.Source, family[0].WindowLength);
            return Join(options, source, family);
        }
        catch
        {
            family.ForEach(member => member.Dispose());
            throw;
        }
    }

    /// <summary>Joins a source and a family into a pipeline.</summary>
    public RunnablePipeline Join(
        PipelineOptions options, ISource source, IReadOnlyList<FamilyMember> family) => new(
        new Pipeline.Pipeline(new PipelineParts
        {
            Name = options.Name,
            Source = source,
            Family = family,
            Profiles = FamilyProfiler.Measure(family, FamilyAccuracy.Of(options, family).Values, time),
            Sink = sink,
            Board = board,
            Budget = options.Budget,
            Watch = options.Gate.Watch,
            Snapshots = options.Gate.Snapshots,
            Encoder = new PictureEncoder(),
            Time = time,
        }),
        source);

    /// <summary>Loads all members of a pipeline's family.</summary>
    /// <exception cref="EdgeConvError">One of them does not load; none is left open.</exception>
    public List<FamilyMember> LoadFamily(PipelineOptions options)
    {
        foreach (int threads in options.Threads)
            Processors.Require($"{options.Place}.threads {threads}", threads);
        List<FamilyMember> family = [];
        using SharedModels shared = loader.ShareModels();
        try
        {
            MemberLoader members = new(loader, options, shared);
            foreach (MemberOptions member in options.Models)
                family.Add(members.Load(member));
            RequireSameWindow(options, family);
            RequireMap(options, family);
            _ = FamilyAccuracy.Of(options, family);
            return family;
        }
        catch
        {
            family.ForEach(member => member.Dispose());
            throw;
        }
    }

    // One source feeds the whole family, so all members must take windows of one length, or all pictures.
    private static void RequireSameWindow(PipelineOptions options, List<FamilyMember> family)
    {
        foreach (FamilyMember member in family)
        {
            if (member.WindowLength != family[0].WindowLength)
            {
                throw new ConfigError($"{options.Place}.models",
                    $"{member.Session.Model.Name} takes {Describe(member)}, {family[0].Session.Model.Name} " +
                    $"{Describe(family[0])}; a family takes the same samples");
            }
        }
    }

    private static void RequireMap(PipelineOptions options, List<FamilyMember> family)
    {
        if (options.Gate.Snapshots is null)
            return;
        string key = $"{options.Place}.gate.snapshot";
        if (!family.Exists(member => member.Map is not null))
            throw new ConfigError(key, "no fingerprint has a position map; fit one with edgeconv fit --map");
        if (family[0].WindowLength is not null)
            throw new ConfigError(key, "the models take windows of samples; snapshots are made of pictures");
    }

    private static string Describe(FamilyMember member) =>
        member.WindowLength is { } length ? $"windows of {length}" : "pictures";
}
