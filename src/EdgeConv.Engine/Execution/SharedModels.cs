using EdgeConv.Core;
using EdgeConv.Engine.PlanCache;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Loads models into sessions on our own kernels as <see cref="EngineSessionFactory"/> does, but sessions of
/// one file share its packed weights: the members of a family that are one model at several input sizes.
/// Disposed when all of them are loaded; the sessions live on. Not thread-safe.
/// </summary>
/// <param name="plans">Where plans are kept from run to run; null for nowhere.</param>
public sealed class SharedModels(PlanFolder? plans = null) : ISessionFactory, IDisposable
{
    private readonly Dictionary<string, LoadedModel> _models = [];

    /// <inheritdoc/>
    public string Backend => EngineSessionFactory.BackendName;

    /// <summary>Bytes of weights that sessions took from others, or from a plan.</summary>
    public long ReusedBytes => _models.Values.Sum(model => model.ReusedBytes);

    /// <inheritdoc/>
    public ISession Load(string path, SessionOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        if (!_models.TryGetValue(path, out LoadedModel? model))
            _models.Add(path, model = new LoadedModel(path, plans));
        return model.CreateSession(options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoadedModel model in _models.Values)
            model.Dispose();
    }
}
