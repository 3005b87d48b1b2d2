using System.Buffers;
using System.Globalization;
using System.Text;
using EdgeConv.Core;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt;

/// <summary>
/// Puts payloads into messages as one broker takes them: its QoS, retaining, properties and sizes.
/// </summary>
internal sealed class Envelope
{
    private const int HeaderBytes = 64;
    private readonly Dictionary<string, string> _resultTopics = [];
    private readonly Dictionary<string, string> _healthTopics = [];
    private readonly Dictionary<string, string> _driftTopics = [];
    private readonly Dictionary<string, string> _eventTopics = [];
    private readonly Dictionary<string, string> _governorTopics = [];
    private readonly Topics _topics;
    private readonly MqttOptions _options;
    private readonly bool _v5;
    private readonly bool _retains;
    private readonly MqttQualityOfServiceLevel _greatestQos;

    public Envelope(Topics topics, MqttOptions options, MqttClientConnectResult granted)
    {
        _topics = topics;
        _options = options;
        _v5 = options.Protocol == MqttProtocol.V5;
        _retains = !_v5 || granted.RetainAvailable;
        _greatestQos = _v5 ? granted.MaximumQoS : MqttQualityOfServiceLevel.ExactlyOnce;
        // The client answers 0 where the broker named no limit.
        GreatestPacket = granted.MaximumPacketSize is > 0 and { } size ? size : uint.MaxValue;
    }

    /// <summary>Bytes of the largest packet that the broker takes.</summary>
    public uint GreatestPacket { get; }

    public bool Fits(MqttApplicationMessage message) =>
        message.Payload.Length + message.Topic.Length + (message.CorrelationData?.Length ?? 0)
            + (message.UserProperties?.Sum(SizeOf) ?? 0) + HeaderBytes <= GreatestPacket;

    // An identifier and two lengths before the texts, which are ASCII.
    private static int SizeOf(MqttUserProperty property) => 5 + property.Name.Length + property.ValueBuffer.Length;

    public MqttApplicationMessage Result(Result result, ReadOnlySequence<byte> payload)
    {
        MqttApplicationMessage message = Json(Topic(_resultTopics, result.Pipeline, _topics.ResultOf), payload);
        message.QualityOfServiceLevel = Qos(_options.Qos);
        message.Retain = false;
        if (_v5)
            message.MessageExpiryInterval = (uint)_options.ResultExpiry.TotalSeconds;
        if (_v5 && !result.Correlation.IsEmpty)
            message.CorrelationData = result.Correlation.ToArray();
        return message;
    }

    public MqttApplicationMessage Drift(string pipeline, ReadOnlySequence<byte> payload) =>
        Once(Topic(_driftTopics, pipeline, _topics.DriftOf), payload);

    public MqttApplicationMessage Event(string pipeline, ReadOnlySequence<byte> payload) =>
        Once(Topic(_eventTopics, pipeline, _topics.EventOf), payload);

    public MqttApplicationMessage Governor(string pipeline, ReadOnlySequence<byte> payload) =>
        Once(Topic(_governorTopics, pipeline, _topics.GovernorOf), payload);

    public MqttApplicationMessage Health(string pipeline, ReadOnlySequence<byte> payload) =>
        Json(Topic(_healthTopics, pipeline, _topics.HealthOf), payload);

    /// <summary>A retained picture; an empty one, that clears the topic, when it has no bytes.</summary>
    public MqttApplicationMessage Picture(Picture picture)
    {
        bool isHeat = picture.Kind == PictureKind.HeatMap;
        MqttApplicationMessage message = new()
        {
            Topic = isHeat ? _topics.HeatMapOf(picture.Pipeline) : _topics.SnapshotOf(picture.Pipeline),
            Payload = new ReadOnlySequence<byte>(picture.Bytes),
            QualityOfServiceLevel = Qos(1),
            Retain = _retains,
        };
        if (_v5 && picture.Snapshot is { } snapshot)
        {
            message.ContentType = isHeat ? "image/png" : "image/jpeg";
            message.MessageExpiryInterval = (uint)snapshot.Expiry.TotalSeconds;
            message.UserProperties =
            [
                Property("ts", PayloadText.Of(snapshot.Timestamp)),
                Property("seq", snapshot.Sequence.ToString(CultureInfo.InvariantCulture)),
            ];
        }

        return message;
    }

    public MqttApplicationMessage BrokerHealth(ReadOnlySequence<byte> payload) =>
        Json(_topics.Health, payload);

    /// <summary>An empty retained message: the broker forgets what it keeps for this pipeline.</summary>
    public MqttApplicationMessage Cleared(string pipeline) => new()
    {
        Topic = _topics.HealthOf(pipeline),
        QualityOfServiceLevel = Qos(1),
        Retain = _retains,
    };

    public MqttApplicationMessage Status(ReadOnlySpan<byte> word) => new()
    {
        Topic = _topics.Status,
        Payload = new ReadOnlySequence<byte>(word.ToArray()),
        QualityOfServiceLevel = Qos(1),
        Retain = _retains,
    };

    private static MqttUserProperty Property(string name, string value) =>
        new(name, new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value)));

    private MqttApplicationMessage Once(string topic, ReadOnlySequence<byte> payload)
    {
        MqttApplicationMessage message = Json(topic, payload);
        message.Retain = false;
        return message;
    }

    private MqttApplicationMessage Json(string topic, ReadOnlySequence<byte> payload)
    {
        MqttApplicationMessage message = new()
        {
            Topic = topic,
            Payload = payload,
            QualityOfServiceLevel = Qos(1),
            Retain = _retains,
        };
        if (_v5)
        {
            message.ContentType = "application/json";
            message.PayloadFormatIndicator = MqttPayloadFormatIndicator.CharacterData;
        }

        return message;
    }

    private MqttQualityOfServiceLevel Qos(int wanted) =>
        (MqttQualityOfServiceLevel)Math.Min(wanted, (int)_greatestQos);

    private static string Topic(Dictionary<string, string> known, string pipeline, Func<string, string> make)
    {
        if (!known.TryGetValue(pipeline, out string? topic))
            known.Add(pipeline, topic = make(pipeline));
        return topic;
    }
}
