using System.Buffers.Binary;
using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>
/// A RIFF/WAVE file: PCM of 8 (unsigned), 16, 24 or 32 bits (signed), or 32-bit float, plain or extensible.
/// Integers are scaled to -1..1: y = x / 2^(bits - 1).
/// </summary>
internal sealed class WavReader : ISampleReader
{
    private const int Pcm = 1;
    private const int Float = 3;
    private const int Extensible = 0xFFFE;
    // What a program writes that cannot go back to fill in the length.
    private const long UnknownLength = uint.MaxValue;
    private readonly string _name;
    private readonly Stream _stream;
    private readonly byte[] _instant;
    private readonly int _bits;
    private readonly bool _isFloat;
    private readonly bool _isOpenEnded;
    private long _left;
    private long _number;

    /// <exception cref="DataError">It is no WAV file, or of a kind that is not read.</exception>
    public WavReader(string name, Stream stream)
    {
        _name = name;
        _stream = stream;
        Span<byte> riff = stackalloc byte[12];
        ReadExactly(riff);
        if (!riff[..4].SequenceEqual("RIFF"u8) || !riff[8..].SequenceEqual("WAVE"u8))
            throw Problem("is no RIFF/WAVE file");
        ReadOnlySpan<byte> format = FindFormat();
        int coding = BinaryPrimitives.ReadUInt16LittleEndian(format);
        Channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        RateHertz = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        _bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (coding == Extensible && format.Length >= 26)
            coding = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
        _isFloat = coding == Float;
        bool isKnown = _isFloat ? _bits == 32 : coding == Pcm && (_bits is 8 or 16 or 24 or 32);
        if (!isKnown || Channels is 0 or > 1024 || RateHertz is not > 0)
        {
            throw Problem($"coding {coding}, {_bits} bits, {Channels} channels at {RateHertz} Hz; " +
                "PCM of 8, 16, 24 or 32 bits or 32-bit float is needed");
        }

        _instant = new byte[Channels * _bits / 8];
        int blockBytes = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        if (blockBytes != _instant.Length)
        {
            throw Problem($"blocks of {blockBytes} bytes; " +
                $"{Channels} channels of {_bits} bits make {_instant.Length}");
        }

        _left = FindChunk("data"u8);
        _isOpenEnded = _left == UnknownLength;
    }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public double? RateHertz { get; }

    /// <inheritdoc/>
    public bool TryRead(Span<float> values)
    {
        if (_left < _instant.Length)
            return false;
        int read = _stream.ReadAtLeast(_instant, _instant.Length, throwOnEndOfStream: false);
        if (read < _instant.Length)
        {
            long missing = _isOpenEnded ? _instant.Length - read : _left - read;
            _left = 0;
            if (_isOpenEnded && read == 0)
                return false;
            throw Problem($"ends {missing} bytes early");
        }

        _left -= _isOpenEnded ? 0 : read;
        _number++;
        for (int c = 0; c < Channels; c++)
        {
            values[c] = ValueAt(c);
            if (!float.IsFinite(values[c]))
                throw Problem($"channel {c} of sample {_number - 1} is {values[c]}");
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private float ValueAt(int channel)
    {
        ReadOnlySpan<byte> at = _instant.AsSpan(channel * _bits / 8);
        return _bits switch
        {
            8 => (at[0] - 128) / 128f,
            16 => BinaryPrimitives.ReadInt16LittleEndian(at) / 32768f,
            24 => (at[0] << 8 | at[1] << 16 | at[2] << 24) / 2147483648f,
            _ when _isFloat => BinaryPrimitives.ReadSingleLittleEndian(at),
            _ => BinaryPrimitives.ReadInt32LittleEndian(at) / 2147483648f,
        };
    }

    private byte[] FindFormat()
    {
        long length = FindChunk("fmt "u8);
        if (length is < 16 or > 4096)
            throw Problem($"its format chunk has {length} bytes; 16 to 4096 are needed");
        byte[] format = new byte[length];
        ReadExactly(format);
        Skip(length & 1);
        return format;
    }

    // Chunks other than the wanted one are passed over; each is padded to an even length.
    private long FindChunk(ReadOnlySpan<byte> name)
    {
        Span<byte> head = stackalloc byte[8];
        while (true)
        {
            ReadExactly(head);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (head[..4].SequenceEqual(name))
                return length;
            Skip(length + (length & 1));
        }
    }

    private void Skip(long count)
    {
        Span<byte> scratch = stackalloc byte[512];
        while (count > 0)
        {
            int part = (int)Math.Min(count, scratch.Length);
            ReadExactly(scratch[..part]);
            count -= part;
        }
    }

    private void ReadExactly(Span<byte> bytes)
    {
        if (_stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Problem("ends inside its header");
    }

    private DataError Problem(string problem) => new(_name, problem);
}
