using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>Opens what a source reads.</summary>
internal static class InputFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>The file, or standard input, from its beginning.</summary>
    /// <exception cref="DeviceError">It is not there or may not be read.</exception>
    public static Stream Open(SourceOptions options)
    {
        if (options.Kind == SourceKind.Stdin)
            return new BufferedStream(Console.OpenStandardInput(), BufferBytes);
        try
        {
            return new FileStream(options.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DeviceError(options.Path, $"cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>The file's name for messages and origins.</summary>
    public static string NameOf(SourceOptions options) =>
        options.Kind == SourceKind.Stdin ? "stdin" : Path.GetFileName(options.Path);
}
