using EdgeConv.Devices.Interop;

namespace EdgeConv.Devices.Firmware;

/// <summary>The way to a Raspberry Pi's firmware. Not safe to call from several threads at once.</summary>
internal interface IMailbox
{
    /// <summary>
    /// Passes a property message {bytes, 0, tag, value bytes, 0, value…, 0} that the reply overwrites; 0, or a
    /// negated errno when it could not be passed.
    /// </summary>
    int Call(Span<uint> message);
}

/// <summary>The kernel's mailbox device; group <c>video</c> may use it.</summary>
/// <param name="path">The device, UTF-8 that ends in 0.</param>
internal sealed class VcioMailbox(byte[] path) : IMailbox
{
    // _IOWR(100, 0, char *) of 64-bit Linux.
    private const nuint Property = 0xC0086400;

    /// <inheritdoc/>
    public int Call(Span<uint> message)
    {
        using Descriptor device = Descriptor.Open(path);
        return device.Problem < 0 ? device.Problem : device.Request(Property, message);
    }
}
