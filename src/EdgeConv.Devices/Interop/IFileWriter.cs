using System.Text;

namespace EdgeConv.Devices.Interop;

/// <summary>Writes attributes of devices.</summary>
internal interface IFileWriter
{
    /// <summary>Writes a text into an attribute that is there; 0 or a negated errno.</summary>
    int Write(string path, string text);
}

/// <summary>Writes files of this machine.</summary>
internal sealed class FileWriter : IFileWriter
{
    /// <inheritdoc/>
    public int Write(string path, string text)
    {
        using Descriptor file = Descriptor.OpenForWriting(Encoding.UTF8.GetBytes(path + '\0'));
        return file.Problem < 0 ? file.Problem : file.Write(Encoding.UTF8.GetBytes(text));
    }
}
