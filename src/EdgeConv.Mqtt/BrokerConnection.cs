using MQTTnet;

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

    private readonly TimeProvider _time;

    private BrokerConnection(IMqttClient client, Action onLoss, TimeProvider time)
    {
        Client = client;
        _time = time;
        client.DisconnectedAsync += loss =>
        {
            _loss.TrySetResult(loss);
            onLoss();
            return Task.CompletedTask;
        };
    }

    public IMqttClient Client { get; }

    /// <summary>What the broker granted.</summary>
    public MqttClientConnectResult Answer { get; private set; } = new();

    public bool IsLost => _loss.Task.IsCompleted;

    /// <param name="client">Not connected yet; belongs to the connection from now on.</param>
    /// <param name="options">Whom to connect to, and as whom.</param>
    /// <param name="onLoss">Called when the connection ends.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="BrokerRefusal">The broker said no; other exceptions see <see
    /// cref="Faults"/>.</exception>
    public static async Task<BrokerConnection> OpenAsync(
        IMqttClient client, MqttClientOptions options, Action onLoss, TimeProvider time, CancellationToken cancellation)
    {
        BrokerConnection connection = new(client, onLoss, time);
        try
        {
            Task<MqttClientConnectResult> connecting = client.ConnectAsync(options, cancellation);
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
        await Task.WhenAny(_loss.Task, Task.Delay(GoodbyeTimeout, _time)).ConfigureAwait(false);
        return IsLost ? await _loss.Task.ConfigureAwait(false) : null;
    }

    /// <summary>
    /// Publishes <paramref name="last"/>, if any, and disconnects so that no will is sent; best effort, 1 s.
    /// </summary>
    public async Task LeaveAsync(MqttApplicationMessage? last)
    {
        try
        {
            await SendAndDisconnectAsync(last).WaitAsync(GoodbyeTimeout, _time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The broker is gone or hangs; its will says so.
        }
    }

    public void Dispose() => Client.Dispose();

    private async Task SendAndDisconnectAsync(MqttApplicationMessage? last)
    {
        if (last is not null)
            await Client.PublishAsync(last).ConfigureAwait(false);
        // Without a word about the session, it lives as long as was agreed when connecting.
        await Client.DisconnectAsync(new MqttClientDisconnectOptions()).ConfigureAwait(false);
    }
}
