using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt;

/// <summary>The broker answered CONNECT with something other than success.</summary>
internal sealed class BrokerRefusal(MqttClientConnectResultCode code, string? reason) : Exception
{
    public MqttClientConnectResultCode Code { get; } = code;

    public string? Reason { get; } = reason;
}

/// <summary>One established connection, from CONNACK until it is lost or left.</summary>
internal sealed class BrokerConnection : IDisposable
{
    /// <summary>Longest that saying goodbye, or learning why it was lost, takes.</summary>
    public static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<MqttClientDisconnectedEventArgs> _loss =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrokerConnection(IMqttClient client, Wake wake)
    {
        Client = client;
        client.DisconnectedAsync += loss =>
        {
            _loss.TrySetResult(loss);
            wake.Set();
            return Task.CompletedTask;
        };
    }

    public IMqttClient Client { get; }

    /// <summary>What the broker granted.</summary>
    public MqttClientConnectResult Answer { get; private set; } = new();

    public bool IsLost => _loss.Task.IsCompleted;

    /// <param name="context">Options, topics and certificates.</param>
    /// <param name="keepAlive">At most the option; less when the broker has asked for less.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="BrokerRefusal">The broker said no; other exceptions see <see
    /// cref="Faults"/>.</exception>
    public static async Task<BrokerConnection> OpenAsync(
        SinkContext context, TimeSpan keepAlive, CancellationToken cancellation)
    {
        BrokerConnection connection = new(new MqttClientFactory().CreateMqttClient(), context.Wake);
        try
        {
            MqttClientOptions options = ClientOptions(context, keepAlive);
            Task<MqttClientConnectResult> connecting = connection.Client.ConnectAsync(options, cancellation);
            connection.Answer = await connecting.ConfigureAwait(false);
            if (connection.Answer.ResultCode != MqttClientConnectResultCode.Success)
                throw new BrokerRefusal(connection.Answer.ResultCode, connection.Answer.ReasonString);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Why it was lost; null when nobody can tell.</summary>
    public async Task<MqttClientDisconnectedEventArgs?> LossAsync()
    {
        await Task.WhenAny(_loss.Task, Task.Delay(GoodbyeTimeout)).ConfigureAwait(false);
        return IsLost ? await _loss.Task.ConfigureAwait(false) : null;
    }

    /// <summary>
    /// Publishes <paramref name="last"/> and disconnects so that the will is not sent; best effort, 1 s.
    /// </summary>
    public async Task LeaveAsync(MqttApplicationMessage last)
    {
        try
        {
            await SendAndDisconnectAsync(last).WaitAsync(GoodbyeTimeout).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The broker is gone or hangs; its will says so.
        }
    }

    public void Dispose() => Client.Dispose();

    private async Task SendAndDisconnectAsync(MqttApplicationMessage last)
    {
        await Client.PublishAsync(last).ConfigureAwait(false);
        await Client.DisconnectAsync(new MqttClientDisconnectOptions()).ConfigureAwait(false);
    }

    private static MqttClientOptions ClientOptions(SinkContext context, TimeSpan keepAlive)
    {
        MqttOptions options = context.Options;
        bool v5 = options.Protocol == MqttProtocol.V5;
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(options.Host, options.EffectivePort)
            .WithProtocolVersion(v5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311)
            .WithClientId(options.ClientId)
            .WithCleanStart()
            .WithKeepAlivePeriod(keepAlive)
            .WithTimeout(options.AnswerTimeout)
            .WithWillTopic(context.Topics.Status)
            .WithWillPayload("offline")
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillRetain();
        if (options.User is not null)
            builder.WithCredentials(options.User, options.Password ?? "");
        if (options.Tls is { } tls)
            builder.WithTlsOptions(TlsOptions(tls, context.Certificates, options.Host));
        return builder.Build();
    }

    private static MqttClientTlsOptions TlsOptions(MqttTls tls, ClientCertificates certificates, string? host)
    {
        MqttClientTlsOptionsBuilder builder = new MqttClientTlsOptionsBuilder()
            .UseTls()
            .WithTargetHost(tls.ServerName ?? host)
            .WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13)
            .WithRevocationMode(X509RevocationMode.NoCheck)
            .WithCertificateValidationHandler(Trusts);
        if (certificates.Authorities.Count > 0)
            builder.WithTrustChain(certificates.Authorities);
        if (certificates.Own.Count > 0)
            builder.WithClientCertificates(certificates.Own);
        return builder.Build();
    }

    /// <summary>Decides as the chain check did, but says why not.</summary>
    private static bool Trusts(MqttClientCertificateValidationEventArgs check)
    {
        if (check.SslPolicyErrors == SslPolicyErrors.None)
            return true;
        if (check.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            string status = string.Join(", ", check.Chain.ChainStatus.Select(one => one.Status));
            throw new AuthenticationException($"the broker's certificate is not trusted: {status}");
        }

        throw new AuthenticationException(
            check.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? "the broker's certificate is for another name"
                : "the broker shows no certificate");
    }
}
