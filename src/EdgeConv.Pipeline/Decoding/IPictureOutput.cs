using EdgeConv.Core;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>What a decoder offers whose model makes a picture. Not thread-safe.</summary>
public interface IPictureOutput
{
    /// <summary>Columns of the picture.</summary>
    int Width { get; }

    /// <summary>Rows of the picture.</summary>
    int Height { get; }

    /// <summary>Whether its pixels are classes, one byte each, instead of red, green and blue.</summary>
    bool IsClasses { get; }

    /// <summary>Names of the classes, in their order; empty of a picture.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Copies the picture of the run that was decoded last.</summary>
    /// <param name="session">The session that ran.</param>
    /// <param name="pixels">Receives <c>[Height, Width]</c> or <c>[Height, Width, 3]</c>.</param>
    void CopyPicture(ISession session, Span<byte> pixels);
}
