namespace EdgeConv.Core;

/// <summary>Shows a pipeline's pictures, live, to whoever looks. Safe to call from several threads.</summary>
public interface IPreview
{
    /// <summary>Whether anybody looks; no picture need be made for nobody.</summary>
    bool IsWatched { get; }

    /// <summary>Greatest rate of pictures, 1/s.</summary>
    double RateHertz { get; }

    /// <summary>Shows a picture to all who look, and waits for none of them.</summary>
    /// <param name="jpeg">A JPEG file, which does not change any more.</param>
    void Show(ReadOnlyMemory<byte> jpeg);
}
