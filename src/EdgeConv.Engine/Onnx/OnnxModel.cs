using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Onnx;

/// <summary>
/// A model file as read: which file it was, and its graph without shapes. Large constants are still in the
/// file and are read when they are asked for, until <see cref="Close"/>.
/// </summary>
public sealed class OnnxModel
{
    private readonly ModelSource _source;
    private readonly ModelHash _hash;
    private readonly string _path;
    private ModelIdentity? _identity;

    internal OnnxModel(string path, ModelSource source, ModelHash hash) =>
        (_path, _source, _hash) = (path, source, hash);

    /// <summary>Name, path and hash of the file; waits for the hash.</summary>
    /// <exception cref="ModelError">The file was written to, or taken away, while it was read.</exception>
    public ModelIdentity Identity
    {
        get
        {
            if (_identity is null)
            {
                string hash = _hash.Wait();
                _source.CheckUnchanged();
                _identity = new ModelIdentity(Path.GetFileNameWithoutExtension(_path), _path, hash);
            }

            return _identity;
        }
    }

    /// <summary>Version of ONNX's own operator set that the model is written in.</summary>
    public required int Opset { get; init; }

    /// <summary>
    /// What the file says wrote it, with version; empty when it does not say.
    /// </summary>
    public required string Producer { get; init; }

    /// <summary>Notes that its author has left in the file, by key: <c>metadata_props</c>.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The graph.</summary>
    public required ModelGraph Graph { get; init; }

    /// <summary>Closes the file, from which nothing is read any more.</summary>
    internal void Close()
    {
        _hash.Stop();
        _source.Dispose();
    }
}
