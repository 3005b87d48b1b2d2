using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Composition;

/// <summary>
/// What a pipeline was built from: its options, wherever in the file they stand, and the models, fingerprints and
/// values of inputs they name.
/// </summary>
internal sealed class PipelineIdentity
{
    private readonly string _section;
    private readonly List<NamedFile> _files;

    private PipelineIdentity(PipelineOptions options)
    {
        _section = JsonSerializer.Serialize(
            options with { Place = "" }, OptionsJson.Default.PipelineOptions);
        _files = [.. options.Models
            .SelectMany(model => model.Inputs.Select(input => input.Path).Concat([model.Path, model.Fingerprint]))
            .OfType<string>()
            .Select(path => new NamedFile(path))];
    }

    /// <summary>The options, and the files as they are now; none is read.</summary>
    public static PipelineIdentity Of(PipelineOptions options) => new(options);

    /// <summary>
    /// Notes what was in the files, so that they may be written again without being changed. To be called when
    /// the pipeline has been built, by which most hashes are known.
    /// </summary>
    public void Complete() => _files.ForEach(file => file.Read());

    /// <summary>Whether the same options name files of the same content. Reads those alone that were touched.</summary>
    public bool Fits(PipelineIdentity later) =>
        _section == later._section && _files.Zip(later._files).All(pair => pair.First.IsSameAs(pair.Second));

    /// <summary>A file in the state that it had when it was named.</summary>
    private sealed class NamedFile
    {
        private readonly string _path;
        private readonly FileStamp? _stamp;
        private readonly bool _isSettled;
        private string? _hash;

        public NamedFile(string path)
        {
            _path = path;
            if (FileStatus.Of(path) is not { Kind: FileKind.File } status)
                return;
            _stamp = status.Stamp;
            _isSettled = status.Stamp.IsSettled;
        }

        public bool IsSameAs(NamedFile later)
        {
            if (_isSettled && _stamp == later._stamp)
                return true;
            later.Read();
            return _hash is not null && _hash == later._hash;
        }

        // None for what is no file, cannot be read, or is not any more what it was: what is wrong with it is
        // said by whoever builds the pipeline.
        public void Read()
        {
            if (_hash is not null || _stamp is not { } wanted)
                return;
            try
            {
                string hash = FileHashes.Of(_path, out FileStamp stamp);
                _hash = stamp == wanted ? hash : null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _hash = null;
            }
        }
    }
}

/// <summary>Writes options as text, to compare them.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(PipelineOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;
