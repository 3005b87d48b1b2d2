using MQTTnet.Exceptions;

namespace EdgeConv.Mqtt;

/// <summary>
/// Follows a stream of MQTT control packets: a type byte, the length of what remains in one to four bytes of
/// seven bits each, the lowest first, and what remains (MQTT 5, section 2.1).
/// </summary>
internal struct PacketFraming(int most)
{
    private const int LengthBytes = 4;
    private bool _isInLength;
    private int _lengthBytes;
    private int _remaining;

    /// <summary>Takes the next bytes of the stream.</summary>
    /// <exception cref="MqttProtocolViolationException">
    /// A packet's length has no end, or is too large.
    /// </exception>
    public void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_isInLength)
            {
                TakeLength(bytes[0]);
                bytes = bytes[1..];
            }
            else if (_remaining > 0)
            {
                int taken = Math.Min(_remaining, bytes.Length);
                _remaining -= taken;
                bytes = bytes[taken..];
            }
            else
            {
                _isInLength = true;
                _lengthBytes = 0;
                bytes = bytes[1..];
            }
        }
    }

    private void TakeLength(byte part)
    {
        _remaining |= (part & 0x7F) << (7 * _lengthBytes++);
        _isInLength = (part & 0x80) != 0;
        if (_isInLength && _lengthBytes == LengthBytes)
            throw new MqttProtocolViolationException("a packet's length has more than four bytes");
        if (1 + _lengthBytes + (long)_remaining > most)
            throw new MqttProtocolViolationException($"a packet of more than {most} bytes");
    }
}
