using EdgeConv.Core;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.PlanCache;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// A model whose sessions, for several input sizes, taps or numbers of threads, share their packed weights:
/// what one session has packed, the next one takes, as far as the kernels for its size read it in the same
/// order.
/// </summary>
/// <remarks>
/// Weights live as long as the model or a session that reads them. Sessions are made one at a time; they run
/// independently of each other unless they share an <see cref="Arena"/>.
/// </remarks>
/// <param name="path">An ONNX file, which must stay as it is while sessions are made.</param>
/// <param name="plans">Where the plan of the first session is kept; null for nowhere.</param>
public sealed class LoadedModel(string path, PlanFolder? plans = null) : IDisposable
{
    private readonly WeightStore _weights = new();
    private FileStamp? _stamp;
    private string? _hash;

    /// <summary>Bytes of weights that were packed for all sessions so far.</summary>
    public long PackedBytes => _weights.PackedBytes;

    /// <summary>Bytes of weights that sessions took from others, or from a plan, instead of packing
    /// them.</summary>
    public long ReusedBytes => _weights.ReusedBytes;

    /// <summary>Makes a session. The caller disposes it, before or after the model.</summary>
    /// <param name="options">What is decided at load.</param>
    /// <param name="arena">Where activations live; null for a block of their own.</param>
    /// <exception cref="ModelError">
    /// The file is no valid model, is not run by this engine, or was replaced since the first session.
    /// </exception>
    public ISession CreateSession(SessionOptions options, Arena? arena = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        FileSource file = new(path);
        try
        {
            return _stamp is null ? CreateFirst(file, options, arena) : CreateNext(file, options, arena);
        }
        finally
        {
            file.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private EngineSession CreateFirst(FileSource file, SessionOptions options, Arena? arena)
    {
        PlanKey key = PlanKey.Of(file.Stamp);
        string? plan = plans?.PathOf(path, options);
        string? planned = plan is null ? null : plans!.Read(plan, key, _weights);
        string? hash = planned ?? FileHashes.Find(file.Stamp);
        EngineSession session =
            EngineSessionFactory.Start(OnnxReader.Read(file, path, hash), options, _weights, arena);
        (_stamp, _hash) = (file.Stamp, session.Model.Sha256);
        FileHashes.Keep(file.Stamp, _hash);
        if (plan is not null && _weights.PackedBytes > 0)
            plans!.Write(plan, key, _hash, _weights);
        return session;
    }

    private EngineSession CreateNext(FileSource file, SessionOptions options, Arena? arena)
    {
        if (file.Stamp != _stamp)
            throw new ModelError(path, "was replaced since it was loaded; it must be loaded anew");
        return EngineSessionFactory.Start(OnnxReader.Read(file, path, _hash), options, _weights, arena);
    }
}
