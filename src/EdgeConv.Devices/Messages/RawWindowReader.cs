using System.Buffers.Binary;
using EdgeConv.Core;

namespace EdgeConv.Devices.Messages;

/// <summary>Bare interleaved samples: unsigned 8-bit, signed 16-bit or 32-bit float, little-endian.</summary>
internal sealed class RawWindowReader(SourceOptions options) : IWindowReader
{
    /// <inheritdoc/>
    public void Read(Delivery delivery, WindowValues window)
    {
        ReadOnlySpan<byte> bytes = delivery.Payload.Span;
        int size = options.Format switch { SampleFormat.UInt8 => 1, SampleFormat.Int16 => 2, _ => 4 };
        if (bytes.Length % size != 0)
            throw new DataError(delivery.Topic, $"has {bytes.Length} bytes; a value has {size}");
        window.Channels = options.Channels;
        Span<float> values = window.Extend(bytes.Length / size);
        for (int i = 0; i < values.Length; i++)
            values[i] = ValueAt(bytes[(i * size)..]);
    }

    private float ValueAt(ReadOnlySpan<byte> bytes) => options.Format switch
    {
        SampleFormat.UInt8 => bytes[0],
        SampleFormat.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        _ => BinaryPrimitives.ReadSingleLittleEndian(bytes),
    };
}
