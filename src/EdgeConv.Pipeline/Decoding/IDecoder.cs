using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>Reads a session's outputs into a <see cref="Prediction"/>. Not thread-safe.</summary>
public interface IDecoder
{
    /// <summary>Classes that the outputs tell apart.</summary>
    int Classes { get; }

    /// <summary>Reads the outputs of the run that has just ended.</summary>
    /// <param name="session">The session that ran; the one the decoder was made for.</param>
    /// <param name="mapping">Where the input lies in the source picture; ignored by classifications.</param>
    Prediction Decode(ISession session, in ImageMapping mapping);
}

/// <summary>Makes the decoder that the options name.</summary>
public static class Decoders
{
    /// <exception cref="ModelError">The model's outputs are not what this decoder reads.</exception>
    /// <exception cref="ConfigError">The labels do not fit the outputs.</exception>
    public static IDecoder Create(DecodeOptions options, ISession session)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(session);
        return options.Kind switch
        {
            DecoderKind.Classification => new ClassificationDecoder(options, session),
            DecoderKind.BlazeFace => new BlazeFaceDecoder(options, session),
            DecoderKind.Corners => new CornersDecoder(options, session),
            DecoderKind.Image => new ImageDecoder(options, session),
            DecoderKind.Segmentation => new SegmentationDecoder(options, session),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, null),
        };
    }
}
