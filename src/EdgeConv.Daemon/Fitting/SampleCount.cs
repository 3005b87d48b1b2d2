using EdgeConv.Devices;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// How many samples data will give, as far as that can be told without reading it as samples.
/// </summary>
internal static class SampleCount
{
    private static readonly string[] Pictures = [".jpg", ".jpeg", ".png"];

    /// <summary>
    /// Pictures of a folder or of a file of bare ones; windows of a text file by its lines. An estimate where
    /// a file has a header or bad lines; null for what is neither.
    /// </summary>
    public static long? Of(SourceOptions data, int? windowLength)
    {
        try
        {
            return data.Kind switch
            {
                SourceKind.Images when Directory.Exists(data.Path) => Directory.EnumerateFiles(data.Path)
                    .LongCount(file => Pictures.Contains(Path.GetExtension(file).ToLowerInvariant())),
                SourceKind.Images => 1,
                SourceKind.Raw when windowLength is null => new FileInfo(data.Path).Length
                    / data.PictureBytes,
                SourceKind.Csv when windowLength is { } length =>
                    Windows(CountLines(data.Path), length, data.Stride),
                _ => null,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Whoever reads the data will say what is wrong with it.
            return null;
        }
    }

    private static long Windows(long instants, int length, int stride) =>
        instants < length ? 0 : 1 + (instants - length) / (stride == 0 ? length : stride);

    private static long CountLines(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] block = new byte[1 << 16];
        long lines = 0;
        for (int read = stream.Read(block); read > 0; read = stream.Read(block))
            lines += block.AsSpan(0, read).Count((byte)'\n');
        return lines;
    }
}
