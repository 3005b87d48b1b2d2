using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Implementations;
using MQTTnet.Packets;

namespace EdgeConv.Mqtt.Inlets;

/// <summary>Makes adapters that read no further than <paramref name="held"/> has room for.</summary>
internal sealed class HoldingAdapterFactory(HeldMessages held) : IMqttClientAdapterFactory
{
    private readonly MqttClientAdapterFactory _inner = new();

    public IMqttChannelAdapter CreateClientAdapter(
        MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger) =>
        new HoldingAdapter(_inner.CreateClientAdapter(options, packetInspector, logger), held);
}

/// <summary>Leaves the socket unread while there is no room for another message.</summary>
internal sealed class HoldingAdapter(IMqttChannelAdapter inner, HeldMessages held) : ForwardingAdapter(inner)
{
    public override async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        await held.WaitForRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        MqttPacket packet = await base.ReceivePacketAsync(cancellationToken).ConfigureAwait(false);
        if (packet is MqttPublishPacket)
            held.Add();
        return packet;
    }
}
