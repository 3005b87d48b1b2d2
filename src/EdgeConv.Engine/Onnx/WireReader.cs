using Google.Protobuf;

namespace EdgeConv.Engine.Onnx;

/// <summary>
/// Walks over the fields of protobuf messages (https://protobuf.dev/programming-guides/encoding) in a source,
/// through a window, without reading what it skips.
/// </summary>
internal sealed class WireReader(ModelSource source)
{
    private const int WindowBytes = 16 << 10;

    private readonly byte[] _window = new byte[WindowBytes];
    private long _windowStart;
    private int _windowLength;

    /// <summary>Offset of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the tag of the next field before <paramref name="end"/>; false at the end.</summary>
    /// <exception cref="InvalidDataException">What stands there is none.</exception>
    public bool TryReadTag(long end, out uint tag)
    {
        tag = 0;
        if (Position >= end)
            return false;
        ulong value = ReadVarint(end);
        if (value > uint.MaxValue || value >> 3 == 0)
            throw new InvalidDataException($"no field has the tag {value}");
        tag = (uint)value;
        return true;
    }

    /// <summary>Reads the length of a field, which ends at or before <paramref name="end"/>.</summary>
    /// <exception cref="InvalidDataException">It would end behind.</exception>
    public long ReadLength(long end)
    {
        ulong length = ReadVarint(end);
        if (length > (ulong)(end - Position))
            throw new InvalidDataException($"a field of {length} bytes reaches beyond the end");
        return (long)length;
    }

    /// <summary>Goes on behind the next <paramref name="count"/> bytes.</summary>
    public void Skip(long count) => Position += count;

    /// <summary>Copies the field whose tag was just read.</summary>
    /// <exception cref="InvalidDataException">It is cut off, or a group.</exception>
    public void CopyField(uint tag, long end, Stream target)
    {
        WriteVarint(tag, target);
        switch (WireFormat.GetTagWireType(tag))
        {
            case WireFormat.WireType.Varint:
                WriteVarint(ReadVarint(end), target);
                break;
            case WireFormat.WireType.Fixed64:
                Copy(sizeof(ulong), end, target);
                break;
            case WireFormat.WireType.Fixed32:
                Copy(sizeof(uint), end, target);
                break;
            case WireFormat.WireType.LengthDelimited:
                long length = ReadLength(end);
                WriteVarint((ulong)length, target);
                Copy(length, end, target);
                break;
            default:
                throw new InvalidDataException($"the tag {tag} is of no kind that such files hold");
        }
    }

    private ulong ReadVarint(long end)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = ReadByte(end);
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("a number is longer than ten bytes");
    }

    private static void WriteVarint(ulong value, Stream target)
    {
        for (; value >= 0x80; value >>= 7)
            target.WriteByte((byte)(value | 0x80));
        target.WriteByte((byte)value);
    }

    private byte ReadByte(long end)
    {
        if (Position >= end)
            throw new InvalidDataException("it ends in the middle of a field");
        FillWindow();
        return _window[Position++ - _windowStart];
    }

    private void Copy(long count, long end, Stream target)
    {
        if (count > end - Position)
            throw new InvalidDataException("it ends in the middle of a field");
        while (count > 0)
        {
            FillWindow();
            int start = (int)(Position - _windowStart);
            int length = (int)Math.Min(count, _windowLength - start);
            target.Write(_window, start, length);
            Position += length;
            count -= length;
        }
    }

    // So that the byte at the position is in it; there is one.
    private void FillWindow()
    {
        if (Position >= _windowStart && Position < _windowStart + _windowLength)
            return;
        _windowLength = (int)Math.Min(WindowBytes, source.Length - Position);
        _windowStart = Position;
        source.Read(Position, _window.AsSpan(0, _windowLength));
    }
}
