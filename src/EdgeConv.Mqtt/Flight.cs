using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeConv.Core;
using MQTTnet;

namespace EdgeConv.Mqtt;

/// <summary>
/// One message between its sending and its acknowledgement, with the buffer its payload is written into. Used
/// again once it is done.
/// </summary>
internal sealed class Flight : IDisposable
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _json;
    private volatile bool _isDone;

    public Flight() => _json = new Utf8JsonWriter(_bytes, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });

    /// <summary>What to publish.</summary>
    public MqttApplicationMessage? Message { get; set; }

    /// <summary>The finding it carries, to be given back when the connection is lost; or null.</summary>
    public Finding? Finding { get; set; }

    /// <summary>The picture it carries, to be given back when the connection is lost; or null.</summary>
    public Picture? Picture { get; set; }

    /// <summary>The pipeline whose retained health it clears; or null.</summary>
    public string? Retired { get; set; }

    /// <summary>When it was sent, <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long SentAt { get; set; }

    /// <summary>Acknowledged, or failed.</summary>
    public bool IsDone => _isDone;

    /// <summary>The acknowledgement; null when the connection failed first.</summary>
    public MqttClientPublishResult? Answer { get; private set; }

    /// <summary>Writes a payload; valid until the flight is used again.</summary>
    public ReadOnlySequence<byte> Write<T>(T payload, JsonTypeInfo<T> type)
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        JsonSerializer.Serialize(_json, payload, type);
        _json.Flush();
        return new ReadOnlySequence<byte>(_bytes.WrittenMemory);
    }

    public void Prepare()
    {
        Message = null;
        Finding = null;
        Picture = null;
        Retired = null;
        Answer = null;
        _isDone = false;
    }

    public async Task SendAsync(IMqttClient client, Wake wake)
    {
        try
        {
            Answer = await client.PublishAsync(Message!, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The client throws many kinds when the connection breaks; the session learns why from its loss.
        }

        _isDone = true;
        wake.Set();
    }

    public void Dispose() => _json.Dispose();
}
