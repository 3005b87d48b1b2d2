using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace EdgeConv.Mqtt;

/// <summary>
/// A channel that breaks off when the other side announces a packet of more than <paramref name="most"/>
/// bytes, before anybody makes room for it.
/// </summary>
internal sealed class BoundedChannel(IMqttChannel inner, int most) : IMqttChannel
{
    private PacketFraming _framing = new(most);

    public X509Certificate2? ClientCertificate => inner.ClientCertificate;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) =>
        inner.DisconnectAsync(cancellationToken);

    public async Task<int> ReadAsync(
        byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        int read = await inner.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        _framing.Follow(buffer.AsSpan(offset, read));
        return read;
    }

    public Task WriteAsync(
        ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    public void Dispose() => inner.Dispose();
}
