using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeConv.Mqtt;

/// <summary>Keeps what clients may leave in the embedded broker's memory within bounds.</summary>
internal sealed class ClientLimits
{
    private const string FiltersKey = "filters";
    private readonly EmbeddedBrokerOptions _options;
    private readonly MqttServer _server;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _retained = new(StringComparer.Ordinal);
    private long _retainedBytes;

    private ClientLimits(EmbeddedBrokerOptions options, MqttServer server)
    {
        _options = options;
        _server = server;
    }

    /// <summary>Puts a server under limits; before it starts.</summary>
    public static void Impose(EmbeddedBrokerOptions options, MqttServer server)
    {
        ClientLimits limits = new(options, server);
        server.InterceptingPublishAsync += limits.CheckPublishAsync;
        server.InterceptingSubscriptionAsync += limits.CheckSubscriptionAsync;
        server.InterceptingUnsubscriptionAsync += Forget;
        server.InterceptingOutboundPacketAsync += limits.AnnounceAsync;
        server.InterceptingInboundPacketAsync += limits.RefuseAliasAsync;
    }

    private Task CheckPublishAsync(InterceptingPublishEventArgs publish)
    {
        if (publish.ApplicationMessage.Retain &&
            !TryRetain(publish.ApplicationMessage.Topic, publish.ApplicationMessage.Payload.Length))
        {
            publish.ProcessPublish = false;
            publish.Response.ReasonCode = MqttPubAckReasonCode.QuotaExceeded;
        }

        return Task.CompletedTask;
    }

    // An empty retained message takes the topic's place away.
    private bool TryRetain(string topic, long bytes)
    {
        lock (_lock)
        {
            bool isKnown = _retained.TryGetValue(topic, out long before);
            long cost = bytes == 0 ? 0 : bytes + (2 * topic.Length);
            bool fits = _retainedBytes - before + cost <= _options.MaxRetainedBytes &&
                (isKnown || _retained.Count < _options.MaxRetainedMessages);
            if (bytes != 0 && !fits)
                return false;
            _retainedBytes += cost - before;
            if (bytes == 0)
                _retained.Remove(topic);
            else
                _retained[topic] = cost;
            return true;
        }
    }

    private Task CheckSubscriptionAsync(InterceptingSubscriptionEventArgs subscription)
    {
        HashSet<string> filters = FiltersOf(subscription.SessionItems);
        lock (filters)
        {
            string filter = subscription.TopicFilter.Topic;
            if (!filters.Contains(filter) && filters.Count >= _options.MaxSubscriptions)
            {
                subscription.ProcessSubscription = false;
                subscription.Response.ReasonCode = MqttSubscribeReasonCode.QuotaExceeded;
            }
            else
            {
                filters.Add(filter);
            }
        }

        return Task.CompletedTask;
    }

    private static Task Forget(InterceptingUnsubscriptionEventArgs unsubscription)
    {
        HashSet<string> filters = FiltersOf(unsubscription.SessionItems);
        lock (filters)
            filters.Remove(unsubscription.Topic);
        return Task.CompletedTask;
    }

    private static HashSet<string> FiltersOf(System.Collections.IDictionary items)
    {
        lock (items)
        {
            if (items[FiltersKey] is HashSet<string> known)
                return known;
            HashSet<string> filters = new(StringComparer.Ordinal);
            items[FiltersKey] = filters;
            return filters;
        }
    }

    private Task AnnounceAsync(InterceptingPacketEventArgs outbound)
    {
        if (outbound.Packet is MqttConnAckPacket answer)
        {
            answer.MaximumPacketSize = (uint)_options.MaxPacketBytes;
            answer.TopicAliasMaximum = 0;
        }

        return Task.CompletedTask;
    }

    // A client could have the server remember 65,535 long topics by alias; it is told that it may have none.
    private async Task RefuseAliasAsync(InterceptingPacketEventArgs inbound)
    {
        if (inbound.Packet is not MqttPublishPacket { TopicAlias: not 0 })
            return;
        inbound.ProcessPacket = false;
        await _server.DisconnectClientAsync(inbound.ClientId, new MqttServerClientDisconnectOptions
        {
            ReasonCode = MqttDisconnectReasonCode.TopicAliasInvalid,
        }).ConfigureAwait(false);
    }
}
