using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.PlanCache;
using EdgeConv.OnnxRuntime;

namespace EdgeConv.Daemon.Composition;

/// <summary>Loads models with the backend that the user chose.</summary>
/// <param name="notice">
/// Told, in one line, when another backend than ours is taken, or a plan is of no use.
/// </param>
/// <param name="planFolder">Where plans are kept from run to run; null for nowhere.</param>
internal sealed class SessionLoader(Action<string> notice, string? planFolder = null)
{
    private readonly PlanFolder? _plans = planFolder is null ? null : new PlanFolder(planFolder, notice);

    private readonly Lazy<OrtSessionFactory> _theirs = new(() => new OrtSessionFactory());

    /// <summary>What several calls of <see cref="Load"/> share weights by; the caller disposes it.</summary>
    public SharedModels ShareModels() => new(_plans);

    /// <summary>Loads a model.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="backend">What may run it.</param>
    /// <param name="options">Of the session.</param>
    /// <param name="shared">What has loaded others of its family; null for a session of its own.</param>
    /// <exception cref="ModelError">No allowed backend runs it.</exception>
    public ISession Load(string path, Backend backend, SessionOptions options, SharedModels? shared = null)
    {
        if (backend == Backend.OnnxRuntime)
            return FactoryOf(Backend.OnnxRuntime, path).Load(path, options);
        try
        {
            return (shared ?? Ours).Load(path, options);
        }
        catch (ModelError refused) when (backend == Backend.Auto && refused.IsUnsupported)
        {
            return LoadInstead(path, options, refused);
        }
    }

    /// <summary>The factory of one backend; that of <c>auto</c> decides anew for each model.</summary>
    /// <exception cref="ModelError">ONNX Runtime was asked for and is not there.</exception>
    public ISessionFactory FactoryOf(Backend backend, string place) => backend switch
    {
        Backend.EdgeConv => Ours,
        Backend.Auto => new AutoFactory(this),
        _ => OrtSessionFactory.IsAvailable
            ? _theirs.Value
            : throw new ModelError(place, "backend 'onnxruntime' was asked for, but libonnxruntime.so is not there"),
    };

    private ISessionFactory Ours => new EngineSessionFactory(_plans);

    private ISession LoadInstead(string path, SessionOptions options, ModelError refused)
    {
        if (!OrtSessionFactory.IsAvailable)
        {
            throw ModelError.Unsupported(
                refused.Place, $"{refused.Problem}; onnxruntime might run it, but libonnxruntime.so is not there");
        }

        try
        {
            ISession session = _theirs.Value.Load(path, options);
            notice($"{refused.Message}; runs on onnxruntime instead");
            return session;
        }
        catch (ModelError second)
        {
            throw ModelError.Unsupported(refused.Place, $"{refused.Problem}; {second.Problem}");
        }
    }

    private sealed class AutoFactory(SessionLoader loader) : ISessionFactory
    {
        public string Backend => "auto";

        public ISession Load(string path, SessionOptions options) =>
            loader.Load(path, Options.Backend.Auto, options);
    }
}
