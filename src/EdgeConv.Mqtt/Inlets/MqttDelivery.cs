using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using EdgeConv.Core;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt.Inlets;

/// <summary>A message of one connection, to be acknowledged over that connection and no other.</summary>
internal sealed class MqttDelivery : Delivery
{
    private const int Open = -1;
    private readonly InletConnection _connection;
    private readonly MqttApplicationMessageReceivedEventArgs _message;
    private int _settlement = Open;

    [SetsRequiredMembers]
    public MqttDelivery(
        InletConnection connection, MqttApplicationMessageReceivedEventArgs message, TimeProvider time)
    {
        _connection = connection;
        _message = message;
        MqttApplicationMessage content = message.ApplicationMessage;
        Topic = content.Topic;
        Payload = content.Payload.IsSingleSegment ? content.Payload.First : content.Payload.ToArray();
        Correlation = content.CorrelationData;
        Timestamp = time.GetUtcNow();
        ArrivedAt = time.GetTimestamp();
    }

    /// <summary>Whether somebody has taken it from the connection.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Whether it has been settled, otherwise than as lost.</summary>
    public bool IsSettled => Volatile.Read(ref _settlement) is (int)Settlement.Secured or (int)Settlement.Unusable;

    /// <summary>Whether the broker keeps it until it is acknowledged.</summary>
    public bool IsPromised =>
        _message.ApplicationMessage.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce;

    /// <summary>Identifiers of the subscriptions that it came by; empty where the broker does not tell.</summary>
    public IReadOnlyList<uint> Subscriptions => _message.ApplicationMessage.SubscriptionIdentifiers ?? [];

    /// <inheritdoc/>
    public override void Settle(Settlement settlement)
    {
        // What came at QoS 0 does not come again.
        if (settlement == Settlement.Lost && !IsPromised)
            settlement = Settlement.Unusable;
        if (Interlocked.CompareExchange(ref _settlement, (int)settlement, Open) == Open)
            _connection.Note(settlement);
    }

    /// <summary>Tells the broker; nothing at QoS 0.</summary>
    public Task AcknowledgeAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _settlement) == (int)Settlement.Unusable)
            _message.ReasonCode = MqttApplicationMessageReceivedReasonCode.PayloadFormatInvalid;
        return _message.AcknowledgeAsync(cancellation);
    }
}
