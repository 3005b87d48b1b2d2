using System.Security.Cryptography;
using EdgeConv.Core;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = EdgeConv.Core.SessionOptions;
using OrtOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace EdgeConv.OnnxRuntime;

/// <summary>Loads models into ONNX Runtime sessions on the processor.</summary>
public sealed class OrtSessionFactory : ISessionFactory
{
    /// <summary>The backend's name in configurations.</summary>
    public const string BackendName = "onnxruntime";

    /// <summary>Whether the native library is there and can be used.</summary>
    public static bool IsAvailable => OrtLibrary.Problem is null;

    /// <summary>Why <see cref="IsAvailable"/> is false, in one clause; null when it is true.</summary>
    public static string? WhyUnavailable => OrtLibrary.Problem;

    /// <inheritdoc/>
    public string Backend => BackendName;

    /// <inheritdoc/>
    public ISession Load(string path, SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        OrtLibrary.Require(path);
        byte[] model = Read(path);
        ModelIdentity identity = new(
            Path.GetFileNameWithoutExtension(path), path, Convert.ToHexStringLower(SHA256.HashData(model)));
        try
        {
            return Open(model, identity, options);
        }
        catch (OnnxRuntimeException problem)
        {
            throw OrtErrors.Translate(path, problem);
        }
    }

    private static OrtSession Open(byte[] model, ModelIdentity identity, SessionOptions options)
    {
        using OrtOptions settings = Settings(identity.Path, options);
        int ownOutputs = 0;
        InferenceSession? native = options.Taps.Count + options.Maps.Count == 0 ? OpenAsIs(model, settings, out ownOutputs) : null;
        if (native is null)
        {
            (byte[] tapped, ownOutputs) = PrepareFor(model, identity.Path, options, settings);
            native = new InferenceSession(tapped, settings);
        }

        try
        {
            CheckNames(native, identity.Path, options);
            return new OrtSession(native, identity, options, ownOutputs);
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    // A model whose shapes are all fixed is loaded once. Null for any other.
    private static InferenceSession? OpenAsIs(byte[] model, OrtOptions settings, out int ownOutputs)
    {
        InferenceSession native = new(model, settings);
        ownOutputs = native.OutputNames.Count;
        if (native.InputMetadata.Values.All(input => input.SymbolicDimensions.All(name => name.Length == 0)))
            return native;
        native.Dispose();
        return null;
    }

    // A first, unoptimised look at the model tells its free dimensions, which become overrides so that the
    // library infers fixed output shapes, and its outputs, of which a tap or map may be one already.
    private static (byte[] Model, int OwnOutputs) PrepareFor(
        byte[] model, string path, SessionOptions options, OrtOptions settings)
    {
        using OrtOptions unoptimised = Settings(path, options);
        unoptimised.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        using InferenceSession first = new(model, unoptimised);
        foreach ((string name, NodeMetadata input) in first.InputMetadata)
            Override(settings, input, options.InputShapes.GetValueOrDefault(name));
        string[] inner = [.. options.Taps.Concat(options.Maps).Distinct()
            .Where(name => !first.OutputMetadata.ContainsKey(name))];
        return (inner.Length == 0 ? model : TapOutputs.Append(model, inner), first.OutputNames.Count);
    }

    private static void CheckNames(InferenceSession native, string path, SessionOptions options)
    {
        if (options.InputShapes.Keys.Concat(options.BoundInputs.Keys)
            .FirstOrDefault(name => !native.InputNames.Contains(name)) is { } unknown)
        {
            throw new ModelError(path, $"has no input '{unknown}'; its inputs are "
                + string.Join(", ", native.InputNames.Select(name => $"'{name}'")));
        }
    }

    private static void Override(OrtOptions settings, NodeMetadata input, Shape? shape)
    {
        for (int axis = 0; axis < input.SymbolicDimensions.Length; axis++)
        {
            string name = input.SymbolicDimensions[axis];
            if (name.Length != 0)
                settings.AddFreeDimensionOverrideByName(name, axis < shape?.Rank ? shape[axis] : 1);
        }
    }

    private static OrtOptions Settings(string path, SessionOptions options)
    {
        OrtOptions settings = new()
        {
            IntraOpNumThreads = options.Threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        settings.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        return settings;
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ModelError(path, $"the model file cannot be read: {problem.Message}", problem);
        }
    }
}
