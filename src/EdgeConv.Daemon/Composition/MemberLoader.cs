using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Execution;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Composition;

/// <summary>Loads the members of one pipeline's family.</summary>
internal sealed class MemberLoader(SessionLoader loader, PipelineOptions options, SharedModels shared)
{
    /// <summary>Opens a model on each number of threads, and its fingerprint.</summary>
    /// <exception cref="EdgeConvError">They, or the options, do not fit; nothing is left open.</exception>
    public FamilyMember Load(MemberOptions member)
    {
        ModelFiles.Require(member);
        Fingerprint? fingerprint = member.Fingerprint is null ? null : Fingerprint.Read(member.Fingerprint);
        List<ThreadedSession> sessions = [];
        try
        {
            foreach (int threads in options.Threads)
                sessions.Add(new ThreadedSession(threads, LoadSession(member, fingerprint, threads)));
            // Behind the model, so that what the gate reads lies in the large pages of its weights.
            MahalanobisGate? gate =
                fingerprint is null ? null : new MahalanobisGate(fingerprint, options.Gate.Alpha);
            gate?.Bind(sessions[0].Session);
            FamilyMember loaded = new(sessions, gate, Normalised(sessions[0].Session), options.Decode);
            if (fingerprint is not null)
                Preparations.Require(fingerprint, loaded, options);
            return loaded;
        }
        catch (Exception error)
        {
            sessions.ForEach(session => session.Session.Dispose());
            if (error is ConfigError)
                throw new ConfigError(options.Place, error.Message, error);
            throw;
        }
    }

    private PreprocessOptions Normalised(ISession session) =>
        ChannelMetadata.Normalise(options.Preprocess, session);

    private ISession LoadSession(MemberOptions member, Fingerprint? fingerprint, int threads)
    {
        using FixedInputs inputs = new(member.Inputs);
        SessionOptions session = new()
        {
            BoundInputs = inputs.Values,
            Threads = threads,
            InputShapes = ShapeArgument.ParseAll(member.Shapes),
            Taps = [.. fingerprint?.Taps.Select(tap => tap.Name) ?? []],
            Maps = fingerprint?.Map is { } map ? [map.Choice.Layer] : [],
            Pixels = options.Preprocess.Pixels,
        };
        try
        {
            return loader.Load(member.Path, options.Backend, session, shared);
        }
        catch (ModelError) when (fingerprint is not null)
        {
            // The taps of another model's fingerprint may not be there: then that is what is wrong.
            fingerprint.RequireModel(ModelFiles.IdentityOf(member.Path));
            throw;
        }
    }
}
