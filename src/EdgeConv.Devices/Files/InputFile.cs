using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>Opens what a source reads.</summary>
internal static class InputFile
{
    /// <summary>The file, or standard input, from its beginning and without a buffer.</summary>
    /// <exception cref="DeviceError">It is not there or may not be read.</exception>
    public static Stream Open(SourceOptions options)
    {
        if (options.Kind == SourceKind.Stdin)
            return Console.OpenStandardInput();
        if (Directory.Exists(options.Path))
            throw new DeviceError(options.Path, "is a folder; a file is needed");
        try
        {
            return new FileStream(
                options.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (FileNotFoundException error)
        {
            throw new DeviceError(options.Path, "is not there; a file is needed", error);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DeviceError(options.Path, $"cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>True when a writer at the other end sets the pace: standard input, a named pipe.</summary>
    public static bool IsDelivered(SourceOptions options) =>
        options.Kind == SourceKind.Stdin || FileStatus.IsStream(options.Path);

    /// <summary>The file's name for origins.</summary>
    public static string NameOf(SourceOptions options) =>
        options.Kind == SourceKind.Stdin ? "stdin" : Path.GetFileName(options.Path);

    /// <summary>The file's path for messages.</summary>
    public static string PlaceOf(SourceOptions options) =>
        options.Kind == SourceKind.Stdin ? "stdin" : options.Path;

    /// <summary>The source's name: <c>csv:/data/pump.csv</c>, <c>stdin</c>.</summary>
    public static string SourceNameOf(SourceOptions options) => options.Kind == SourceKind.Stdin
        ? "stdin"
        : $"{options.Kind.ToString().ToLowerInvariant()}:{options.Path}";
}
