using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Execution;
using EdgeConv.Pipeline;

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
}
