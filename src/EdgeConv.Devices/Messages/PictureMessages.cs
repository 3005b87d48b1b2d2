using EdgeConv.Core;
using EdgeConv.Devices.Files;

namespace EdgeConv.Devices.Messages;

/// <summary>Each message is a JPEG or PNG picture.</summary>
internal sealed class PictureMessages : IMessageDecoder
{
    /// <inheritdoc/>
    public Sample Decode(Delivery delivery, long sequence)
    {
        ImageDecoder.Moment moment = new(delivery.Timestamp, delivery.ArrivedAt, sequence)
        {
            Origin = delivery.Topic,
            Receipt = delivery,
            Correlation = delivery.Correlation,
        };
        return ImageDecoder.Decode(delivery.Topic, delivery.Payload.Span, moment);
    }
}

/// <summary>Each message is a bare picture of the configured size, without a header.</summary>
internal sealed class RawPictureMessages(SourceOptions options) : IMessageDecoder
{
    private readonly int _stride = PixelFormats.RowBytes(options.PixelFormat, options.Width);
    private readonly long _bytes = options.PictureBytes;

    /// <inheritdoc/>
    public Sample Decode(Delivery delivery, long sequence)
    {
        if (delivery.Payload.Length != _bytes)
        {
            throw new DataError(delivery.Topic,
                $"has {delivery.Payload.Length} bytes; a picture of {options.Width} x {options.Height} has {_bytes}");
        }

        return new Frame
        {
            Timestamp = delivery.Timestamp,
            CapturedAt = delivery.ArrivedAt,
            Sequence = sequence,
            Origin = delivery.Topic,
            Receipt = delivery,
            Correlation = delivery.Correlation,
            Width = options.Width,
            Height = options.Height,
            Stride = _stride,
            Format = options.PixelFormat,
            Coding = options.Coding,
            Pixels = delivery.Payload,
        };
    }
}
