using EdgeConv.Mqtt.Tests.Brokers;
using EdgeConv.Testing;

namespace EdgeConv.Mqtt.Tests;

/// <summary>Passwords, rights, TLS and limits of a real broker.</summary>
public sealed class MosquittoRightsTest : IAsyncLifetime
{
    private readonly StatusLog _log = new();
    private Mosquitto? _broker;

    public ValueTask InitializeAsync()
    {
        Mosquitto.SkipIfAbsent();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
    }

    [Theory]
    [InlineData(MqttProtocol.V5)]
    [InlineData(MqttProtocol.V311)]
    public async Task The_right_password_connects(MqttProtocol protocol)
    {
        await StartAsync("allow_anonymous false", "password_file {folder}/passwords");
        await using MqttSink sink = Start(
            options => options with { Protocol = protocol, User = "edge", Password = "secret" });
        await _log.WaitAsync(MqttState.Connected);
    }

    [Theory]
    [InlineData(MqttProtocol.V5, "edge", "wrong", "for user 'edge'")]
    [InlineData(MqttProtocol.V311, "edge", "wrong", "for user 'edge'")]
    [InlineData(MqttProtocol.V5, null, null, "wants a user and password")]
    [InlineData(MqttProtocol.V311, null, null, "wants a user and password")]
    public async Task A_wrong_or_missing_password_is_refused_and_said_once(
        MqttProtocol protocol, string? user, string? password, string part)
    {
        await StartAsync("allow_anonymous false", "password_file {folder}/passwords");
        MqttSink sink = Start(
            options => options with { Protocol = protocol, User = user, Password = password });
        MqttStatus status = await _log.WaitAsync(MqttState.Refused);
        Assert.Contains(part, status.Message, StringComparison.Ordinal);
        sink.Publish(Samples.Result(0));
        await sink.DisposeAsync();
        await _log.WaitAsync(MqttState.Stopped, "1 results could not be delivered");
        Assert.Single(_log.All, one => one.State == MqttState.Refused);
    }

    [Fact]
    public async Task A_topic_without_rights_is_reported_and_the_others_arrive()
    {
        await StartAsync(
            "allow_anonymous false", "password_file {folder}/passwords", "acl_file {folder}/acl");
        await using Observer observer = await Observer.StartAsync(
            _broker!.Port, "observer", ("edge", "secret"));
        await using MqttSink sink = Start(options => options with { User = "edge", Password = "secret" });
        sink.Publish(Samples.Result(0, "forbidden"));
        sink.Publish(Samples.Result(1));
        Assert.Equal([1], await observer.WaitResultsAsync(1));
        MqttStatus status = await _log.WaitAsync(MqttState.MessageRefused);
        Assert.Contains(
            "edgeconv/test/forbidden/result: NotAuthorized", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_larger_than_the_broker_takes_costs_only_itself()
    {
        await StartAsync("allow_anonymous true", "max_packet_size 1500");
        await using Observer observer = await Observer.StartAsync(_broker!.Port);
        await using MqttSink sink = Start(options => options);
        sink.Publish(Samples.Result(0, origin: new string('x', 5000)));
        sink.Publish(Samples.Result(1));
        Assert.Equal([1], await observer.WaitResultsAsync(1));
        await _log.WaitAsync(MqttState.MessageRefused, "1500 bytes");
        Assert.Equal(1, sink.Counters.Connects);
    }

    [Fact]
    public async Task The_window_stays_within_what_the_broker_grants()
    {
        await StartAsync("allow_anonymous true", "max_inflight_messages 2");
        await using Observer observer = await Observer.StartAsync(_broker!.Port);
        await using MqttSink sink = Start(options => options with { Window = 100 });
        for (int i = 0; i < 500; i++)
            sink.Publish(Samples.Result(i));
        Assert.Equal(500, (await observer.WaitResultsAsync(499)).Count);
        Assert.Equal(1, sink.Counters.Connects);
    }

    [Theory]
    [InlineData(MqttProtocol.V5, "localhost")]
    [InlineData(MqttProtocol.V311, "127.0.0.1")]
    public async Task Tls_with_the_brokers_authority_connects(MqttProtocol protocol, string host)
    {
        await StartTlsAsync();
        await using MqttSink sink = Start(options => options with
        {
            Host = host,
            Protocol = protocol,
            Tls = new MqttTls { CaFile = _broker!.PathOf("ca.crt") },
        });
        await _log.WaitAsync(MqttState.Connected);
    }

    [Fact]
    public async Task Tls_with_a_strangers_authority_is_refused()
    {
        await StartTlsAsync();
        await using MqttSink sink = Start(options => options with
        {
            Tls = new MqttTls { CaFile = _broker!.PathOf("stranger.crt") },
        });
        Assert.Matches(
            "certificate is not trusted: .*authorities in .*stranger.crt",
            (await _log.WaitAsync(MqttState.Untrusted)).Message);
        Assert.Equal(0, sink.Counters.Connects);
    }

    [Fact]
    public async Task Tls_to_another_name_than_the_certificates_is_refused()
    {
        await StartTlsAsync();
        await using MqttSink sink = Start(options => options with
        {
            Tls = new MqttTls { CaFile = _broker!.PathOf("ca.crt"), ServerName = "broker.example" },
        });
        await _log.WaitAsync(MqttState.Untrusted, "for another name");
    }

    [Fact]
    public async Task Tls_without_an_authority_of_ours_does_not_trust_the_broker()
    {
        await StartTlsAsync();
        await using MqttSink sink = Start(options => options with { Tls = new MqttTls() });
        await _log.WaitAsync(MqttState.Untrusted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broker_that_wants_a_client_certificate_gets_ours(bool hasCertificate)
    {
        await StartTlsAsync("require_certificate true");
        await using MqttSink sink = Start(options => options with
        {
            Tls = new MqttTls
            {
                CaFile = _broker!.PathOf("ca.crt"),
                CertificateFile = hasCertificate ? _broker.PathOf("client.crt") : null,
                KeyFile = hasCertificate ? _broker.PathOf("client.key") : null,
            },
        });
        if (hasCertificate)
            await _log.WaitAsync(MqttState.Connected);
        else
            await _log.WaitAsync(MqttState.Refused, "client certificate");
    }

    [Fact]
    public async Task Plain_mqtt_to_a_tls_port_asks_whether_the_port_wants_tls()
    {
        await StartTlsAsync();
        await using MqttSink sink = Start(options => options);
        await _log.WaitAsync(MqttState.Refused, "TLS");
    }

    private async Task StartAsync(params string[] lines)
    {
        _broker = new Mosquitto(lines);
        _broker.SetPassword("edge", "secret");
        string[] acl =
        [
            "user edge", "topic read edgeconv/#", "topic write edgeconv/test/fashion/#",
            "topic write edgeconv/test/status", "topic write edgeconv/test/health",
        ];
        await File.WriteAllLinesAsync(_broker.PathOf("acl"), acl);
        await _broker.StartAsync();
    }

    private async Task StartTlsAsync(params string[] lines)
    {
        _broker = new Mosquitto(
        [
            "allow_anonymous true", "cafile {folder}/ca.crt", "certfile {folder}/server.crt",
            "keyfile {folder}/server.key", .. lines,
        ]);
        TestCertificates.WriteTo(Path.GetDirectoryName(_broker.PathOf("x"))!);
        await _broker.StartAsync();
    }

    private MqttSink Start(Func<MqttOptions, MqttOptions> change) =>
        MqttSink.Start(change(Samples.Options(_broker!.Port)), _log.Add);
}
