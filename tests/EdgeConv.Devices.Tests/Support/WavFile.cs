using System.Buffers.Binary;
using System.Text;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>Writes WAV files chunk by chunk, right or wrong.</summary>
internal sealed class WavFile
{
    public const ushort Pcm = 1;
    public const ushort Float = 3;
    public const ushort Extensible = 0xFFFE;
    private readonly List<byte> _chunks = [];

    public WavFile Chunk(string name, ReadOnlySpan<byte> content, uint? length = null)
    {
        _chunks.AddRange(Encoding.ASCII.GetBytes(name));
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(size, length ?? (uint)content.Length);
        _chunks.AddRange(size);
        _chunks.AddRange(content);
        if (content.Length % 2 != 0)
            _chunks.Add(0);
        return this;
    }

    public WavFile Format(ushort coding, int channels, int rate, int bits, int? block = null)
    {
        byte[] format = new byte[coding == Extensible ? 40 : 16];
        int blockBytes = block ?? channels * bits / 8;
        BinaryPrimitives.WriteUInt16LittleEndian(format, coding);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(format.AsSpan(4), (uint)rate);
        BinaryPrimitives.WriteUInt32LittleEndian(format.AsSpan(8), (uint)(rate * blockBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(12), (ushort)blockBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(14), (ushort)bits);
        if (coding == Extensible)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(16), 22);
            BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(24), Pcm);
        }

        return Chunk("fmt ", format);
    }

    public byte[] ToArray()
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, 4 + _chunks.Count);
        return [.. "RIFF"u8, .. length, .. "WAVE"u8, .. _chunks];
    }
}
