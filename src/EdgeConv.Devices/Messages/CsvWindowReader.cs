using System.Runtime.InteropServices;
using EdgeConv.Core;
using EdgeConv.Devices.Files;

namespace EdgeConv.Devices.Messages;

/// <summary>Lines of numbers, as in files: one instant a line, perhaps names above.</summary>
internal sealed class CsvWindowReader(SourceOptions options) : IWindowReader
{
    /// <inheritdoc/>
    public void Read(Delivery delivery, WindowValues window)
    {
        ArraySegment<byte> bytes = MemoryMarshal.TryGetArray(delivery.Payload, out ArraySegment<byte> own)
            ? own
            : delivery.Payload.ToArray();
        MemoryStream text = new(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        using CsvReader lines = new(delivery.Topic, text, options.Columns);
        window.Channels = lines.Channels;
        Span<float> instant = new float[lines.Channels];
        while (lines.TryRead(instant))
            instant.CopyTo(window.Extend(instant.Length));
    }
}
