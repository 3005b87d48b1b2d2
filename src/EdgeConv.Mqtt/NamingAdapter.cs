using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace EdgeConv.Mqtt;

/// <summary>
/// Names a client that does not name itself. MQTT 3.1.1 lets it (section 3.1.3.1, with a clean session) and
/// <c>mosquitto_sub</c> does so; the library would refuse it.
/// </summary>
internal sealed class NamingAdapter(IMqttChannelAdapter inner) : ForwardingAdapter(inner)
{
    public override async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        MqttPacket packet = await base.ReceivePacketAsync(cancellationToken).ConfigureAwait(false);
        bool isMqtt3 = PacketFormatterAdapter.ProtocolVersion < MqttProtocolVersion.V500;
        if (isMqtt3 && packet is MqttConnectPacket { CleanSession: true, ClientId: null or "" } connect)
            connect.ClientId = $"client-{Guid.NewGuid():N}";
        return packet;
    }
}
