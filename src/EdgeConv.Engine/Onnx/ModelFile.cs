using EdgeConv.Core;

namespace EdgeConv.Engine.Onnx;

/// <summary>Reads a whole file with every way it can fail named.</summary>
internal static class ModelFile
{
    /// <summary>The bytes of the file.</summary>
    /// <exception cref="ModelError">
    /// It is missing, unreadable, empty, a device, or larger than 2 GB.
    /// </exception>
    public static byte[] ReadAll(string path)
    {
        using FileSource source = new(path);
        byte[] bytes = new byte[source.Length];
        source.Read(0, bytes);
        return bytes;
    }
}
