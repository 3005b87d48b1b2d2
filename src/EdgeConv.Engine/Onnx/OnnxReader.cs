using EdgeConv.Core;
using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;

namespace EdgeConv.Engine.Onnx;

/// <summary>
/// Reads ONNX files into graphs. The file is not trusted: whatever it holds ends in a graph whose every node,
/// value and constant is consistent, or in a <see cref="ModelError"/>.
/// </summary>
public static class OnnxReader
{
    /// <summary>The newest version of ONNX's operator set that is read.</summary>
    public const int NewestOpset = 21;

    private const int NewestIrVersion = 13;

    /// <summary>Reads the model in <paramref name="path"/>.</summary>
    /// <exception cref="ModelError">No such file, no valid model, or one that we do not run.</exception>
    public static OnnxModel Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(new FileSource(path), path, knownHash: null);
    }

    /// <summary>Reads the model in a file that is open, and takes it over.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="knownHash">Its SHA-256; null when that must be computed.</param>
    internal static OnnxModel Read(FileSource file, string path, string? knownHash) =>
        Read(file, knownHash is null ? ModelHash.InBackground(file) : ModelHash.Known(knownHash), path);

    /// <summary>Reads a model from memory.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="path">What to call it in messages.</param>
    /// <exception cref="ModelError">No valid model, or one that we do not run.</exception>
    public static OnnxModel Parse(ReadOnlySpan<byte> file, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MemorySource source = new(file.ToArray());
        return Read(source, ModelHash.WhenAsked(source), path);
    }

    /// <summary>The names of a model's inputs that are no initializers, of a model that we may not
    /// run.</summary>
    /// <exception cref="ModelError">No valid model, or an input or output of it is no tensor.</exception>
    internal static IReadOnlyList<string> ReadInputNames(string path)
    {
        using FileSource source = new(path);
        ModelMessage message = ParseMessage(source, path);
        GraphProto graph = message.Model.Graph ?? throw new ModelError(path, "no ONNX model (it has no graph)");
        HashSet<string> initializers = [.. message.Initializers.Select(tensor => tensor.Proto.Name)];
        List<ValueInfoProto> inputs = [.. graph.Input.Where(input => !initializers.Contains(input.Name))];
        foreach (ValueInfoProto info in inputs.Concat(graph.Output))
        {
            if (info.Type is { TensorType: null })
                throw ModelError.Unsupported(path, $"'{info.Name}' is no tensor; only tensors are supported");
        }

        return [.. inputs.Select(input => input.Name)];
    }

    private static OnnxModel Read(ModelSource source, ModelHash hash, string path)
    {
        try
        {
            ModelMessage message = ParseMessage(source, path);
            CheckModel(message.Model, path);
            int opset = FindOpset(message.Model, path);
            return new OnnxModel(path, source, hash)
            {
                Opset = opset,
                Producer = $"{message.Model.ProducerName} {message.Model.ProducerVersion}".Trim(),
                Metadata = MetadataOf(message.Model),
                Graph = new GraphReader(message, path, opset).Read(),
            };
        }
        catch
        {
            hash.Stop();
            source.Dispose();
            throw;
        }
    }

    private static Dictionary<string, string> MetadataOf(ModelProto proto)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in proto.MetadataProps)
            metadata[entry.Key.ToStringUtf8()] = entry.Value.ToStringUtf8();
        return metadata;
    }

    private static ModelMessage ParseMessage(ModelSource source, string modelName)
    {
        if (source.Length == 0)
            throw new ModelError(modelName, "the file is empty, it must be an ONNX model");
        try
        {
            return ModelMessage.Parse(source);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new ModelError(modelName, $"broken or no ONNX model ({error.Message.TrimEnd('.')})", error);
        }
    }

    private static void CheckModel(ModelProto proto, string modelName)
    {
        if (proto.Graph is null || proto.IrVersion <= 0)
            throw new ModelError(modelName, "no ONNX model (it has no graph or no IR version)");
        if (proto.IrVersion > NewestIrVersion)
        {
            throw ModelError.Unsupported(
                modelName, $"IR version {proto.IrVersion}; up to {NewestIrVersion} are supported");
        }

        if (proto.Functions.Count > 0)
            throw ModelError.Unsupported(
                modelName, "functions are not supported; inline them when exporting");
        if (proto.TrainingInfo.Count > 0)
            throw ModelError.Unsupported(
                modelName, "training information is not supported; export for inference");
        if (proto.Graph.SparseInitializer.Count > 0)
            throw ModelError.Unsupported(modelName, "sparse initializers are not supported");
    }

    // Files of the first two IR versions name no operator set: they are written in the first.
    private static int FindOpset(ModelProto proto, string modelName)
    {
        long? version = null;
        foreach (OperatorSetIdProto import in proto.OpsetImport.Where(import => IsOwnDomain(import.Domain)))
        {
            if (version is not null && version != import.Version)
                throw new ModelError(
                    modelName, $"imports operator sets {version} and {import.Version} at once");
            version = import.Version;
        }

        version ??= proto.IrVersion < 3 ? 1 : throw WithoutOpset(proto, modelName);
        if (version is < 1)
            throw new ModelError(modelName, $"operator set {version} does not exist");
        if (version is > NewestOpset)
        {
            throw ModelError.Unsupported(
                modelName, $"operator set {version}; 1 to {NewestOpset} are supported");
        }

        return (int)version.Value;
    }

    private static ModelError WithoutOpset(ModelProto proto, string modelName) => proto.OpsetImport.Count == 0
        ? new ModelError(modelName, "names no operator set")
        : ModelError.Unsupported(
            modelName, $"operators of domain '{proto.OpsetImport[0].Domain}' are not supported");

    internal static bool IsOwnDomain(string domain) => domain is "" or "ai.onnx";
}
