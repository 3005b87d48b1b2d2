using System.Buffers;
using EdgeConv.Core;

namespace EdgeConv.Devices.Video;

/// <summary>
/// A buffer of the driver in this process. Once unmapped it gives no memory any more: to use it then is an
/// error, not a fault of the machine.
/// </summary>
internal sealed unsafe class MappedBuffer : MemoryManager<byte>
{
    private byte* _address;

    public MappedBuffer(CameraStream stream, uint index, nint address, uint length)
    {
        Index = index;
        Length = length;
        _address = (byte*)address;
        Release = _ => stream.Return(this);
    }

    /// <summary>Its number.</summary>
    public uint Index { get; }

    /// <summary>Bytes that are mapped.</summary>
    public uint Length { get; }

    /// <summary>Gives it back to its stream.</summary>
    public Action<Sample> Release { get; }

    /// <summary>Whether the driver has it.</summary>
    public bool IsQueued { get; set; }

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_address is null, this);
        return new Span<byte>(_address, (int)Length);
    }

    /// <summary>Its first bytes.</summary>
    public Memory<byte> First(int bytes) => CreateMemory(bytes);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_address is null, this);
        return new MemoryHandle(_address + elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <summary>Takes the mapping out, to be unmapped; 0 when that has been done.</summary>
    public nint Detach()
    {
        nint address = (nint)_address;
        _address = null;
        return address;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
