using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// How the data of a fit or of scoring is read: as the pipeline's source, or by what it looks like.
/// </summary>
internal static class DataSource
{
    /// <summary>The source, once through and as fast as it goes.</summary>
    /// <exception cref="DataError">There is no such data, or its kind cannot be told.</exception>
    public static SourceOptions Of(string path, PipelineOptions? pipeline)
    {
        // Data is read twice, once for its hash: a pipe could not be.
        if (!Directory.Exists(path) && BoundedFile.WhyNoFile(path) is { } problem)
            throw new DataError(path, problem);
        SourceOptions options = pipeline?.Source ?? new SourceOptions { Kind = KindOf(path) };
        if (Directory.Exists(path))
            options = options with { Kind = SourceKind.Images };
        return options with { Path = path, RealTime = false, Loop = false };
    }

    private static SourceKind KindOf(string path)
    {
        if (Directory.Exists(path))
            return SourceKind.Images;
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" or ".jpg" or ".jpeg" => SourceKind.Images,
            ".csv" or ".txt" => SourceKind.Csv,
            ".wav" => SourceKind.Wav,
            string other => throw new DataError(path,
                $"'{other}' tells no kind of data; name a configuration with --config, or use .png, .jpg, .csv or .wav"),
        };
    }
}
