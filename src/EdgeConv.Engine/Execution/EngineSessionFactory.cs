using EdgeConv.Core;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.PlanCache;

namespace EdgeConv.Engine.Execution;

/// <summary>Loads models into sessions on our own kernels.</summary>
/// <param name="plans">Where plans are kept from run to run; null for nowhere.</param>
public sealed class EngineSessionFactory(PlanFolder? plans = null) : ISessionFactory
{
    /// <summary>The backend's name in configurations.</summary>
    public const string BackendName = "edgeconv";

    /// <inheritdoc/>
    public string Backend => BackendName;

    /// <inheritdoc/>
    public ISession Load(string path, SessionOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        using LoadedModel model = new(path, plans);
        return model.CreateSession(options);
    }

    /// <summary>Prepares a model that was read before; it is used up by it.</summary>
    /// <exception cref="ModelError">The model is hostile, inconsistent or not supported.</exception>
    public static ISession Load(OnnxModel model, SessionOptions options) => Start(model, options);

    /// <summary>As <see cref="Load(OnnxModel, SessionOptions)"/>.</summary>
    /// <param name="model">As read.</param>
    /// <param name="options">What is decided at load.</param>
    /// <param name="weights">Weights that are packed already, and where to note the others.</param>
    /// <param name="arena">Where activations live; null for a block of their own.</param>
    internal static EngineSession Start(
        OnnxModel model, SessionOptions options, WeightStore? weights = null, Arena? arena = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        CompiledModel compiled = ModelCompiler.Compile(model, options, weights: weights);
        try
        {
            return new EngineSession(compiled, arena);
        }
        catch (Exception problem)
        {
            compiled.Dispose();
            if (problem is OutOfMemoryException)
                throw new ModelError(model.Identity.Path, "there is not enough memory for it", problem);
            throw;
        }
    }
}
