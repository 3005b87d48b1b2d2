using EdgeConv.Core;
using EdgeConv.Engine.PlanCache;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Loads the models of a family into sessions on our own kernels as <see cref="EngineSessionFactory"/> does,
/// but all of them live in one <see cref="Arena"/>, and those of one file, at several input sizes or numbers
/// of threads, share its packed weights. Disposed when all are loaded; the sessions live on. Not thread-safe.
/// </summary>
/// <remarks>
/// One of the sessions runs at a time; its outputs, taps and maps hold until the next run of any of them.
/// </remarks>
/// <param name="plans">Where plans are kept from run to run; null for nowhere.</param>
public sealed class SharedModels(PlanFolder? plans = null) : ISessionFactory, IDisposable
{
    private readonly Dictionary<string, LoadedModel> _models = [];
    private readonly Arena _arena = new();

    /// <inheritdoc/>
    public string Backend => EngineSessionFactory.BackendName;

    /// <summary>Bytes of the arena: those of the session that needs most.</summary>
    public long ArenaBytes => _arena.Bytes;

    /// <summary>Bytes of weights that were packed.</summary>
    public long PackedBytes => _models.Values.Sum(model => model.PackedBytes);

    /// <summary>Bytes of weights that sessions took from others, or from a plan.</summary>
    public long ReusedBytes => _models.Values.Sum(model => model.ReusedBytes);

    /// <inheritdoc/>
    public ISession Load(string path, SessionOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        if (!_models.TryGetValue(path, out LoadedModel? model))
            _models.Add(path, model = new LoadedModel(path, plans));
        return model.CreateSession(options, _arena);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoadedModel model in _models.Values)
            model.Dispose();
        _arena.Dispose();
    }
}
