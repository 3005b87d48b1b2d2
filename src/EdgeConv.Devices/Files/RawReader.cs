using System.Buffers.Binary;
using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>Bare interleaved samples: unsigned 8-bit, signed 16-bit or 32-bit float, little-endian.</summary>
internal sealed class RawReader : ISampleReader
{
    private readonly string _name;
    private readonly Stream _stream;
    private readonly SampleFormat _format;
    private readonly byte[] _instant;
    private long _position;

    public RawReader(string name, Stream stream, SourceOptions options)
    {
        _name = name;
        _stream = stream;
        _format = options.Format;
        Channels = options.Channels;
        _instant = new byte[Channels * BytesOf(options.Format)];
    }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public double? RateHertz => null;

    /// <inheritdoc/>
    public bool TryRead(Span<float> values)
    {
        int read = _stream.ReadAtLeast(_instant, _instant.Length, throwOnEndOfStream: false);
        if (read == 0)
            return false;
        if (read < _instant.Length)
            throw new DataError($"{_name}: byte {_position}",
                $"ends inside an instant of {_instant.Length} bytes");
        long position = _position;
        _position += read;
        for (int c = 0; c < Channels; c++)
        {
            values[c] = ValueAt(c);
            if (!float.IsFinite(values[c]))
                throw new DataError($"{_name}: byte {position}", $"channel {c} is {values[c]}");
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private float ValueAt(int channel) => _format switch
    {
        SampleFormat.UInt8 => _instant[channel],
        SampleFormat.Int16 => BinaryPrimitives.ReadInt16LittleEndian(_instant.AsSpan(channel * 2)),
        _ => BinaryPrimitives.ReadSingleLittleEndian(_instant.AsSpan(channel * 4)),
    };

    private static int BytesOf(SampleFormat format) => format switch
    {
        SampleFormat.UInt8 => 1,
        SampleFormat.Int16 => 2,
        _ => 4,
    };
}
