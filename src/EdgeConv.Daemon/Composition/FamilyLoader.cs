using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Execution;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Pictures;

namespace EdgeConv.Daemon.Composition;

/// <summary>Loads the families of pipelines, of which one member runs at a time.</summary>
internal sealed class FamilyLoader(SessionLoader loader)
{
    /// <summary>Loads all members of a pipeline's family.</summary>
    /// <exception cref="EdgeConvError">
    /// One of them does not load, or does not fit the others or the options; none is left open.
    /// </exception>
    public List<FamilyMember> Load(PipelineOptions options)
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
            FamilyAgreement.Require(options, family);
            RequireSubject(options, family);
            _ = FamilyAccuracy.Of(options, family);
            return family;
        }
        catch
        {
            family.ForEach(member => member.Dispose());
            throw;
        }
    }

    // Refuses to wait for pictures that never come.
    private static void RequireSubject(PipelineOptions options, List<FamilyMember> family)
    {
        if (options.Snapshots is not { Of: var subject })
            return;
        string key = $"{options.Place}.snapshot";
        if (family[0].WindowLength is not null)
            throw new ConfigError(key, "the models take windows of samples; snapshots are made of pictures");
        bool isGated = family[0].Gate is not null;
        bool findsBoxes = options.Decode.Kind is DecoderKind.BlazeFace or DecoderKind.Corners;
        if (subject == SnapshotSubject.Odd && !isGated)
            throw new ConfigError($"{key}.of", "no model has a 'fingerprint', so that nothing is ever odd");
        if (subject == SnapshotSubject.Found && !isGated && !findsBoxes)
            throw new ConfigError($"{key}.of", "the models find no boxes, and have no 'fingerprint'; 'all' would do");
    }
}
