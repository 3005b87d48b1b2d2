namespace EdgeConv.Mqtt;

/// <summary>What has happened to the connection.</summary>
public enum MqttState
{
    /// <summary>Connected, and <c>online</c> is published.</summary>
    Connected,

    /// <summary>Nobody answers at that address.</summary>
    Unreachable,

    /// <summary>The broker answered no: password, client id, protocol, rights.</summary>
    Refused,

    /// <summary>TLS failed: certificates, names, versions.</summary>
    Untrusted,

    /// <summary>An established connection broke.</summary>
    Lost,

    /// <summary>Another client uses our client id.</summary>
    TakenOver,

    /// <summary>The queue is full: the oldest findings are being dropped.</summary>
    Overflow,

    /// <summary>The broker refused one message, which is dropped.</summary>
    MessageRefused,

    /// <summary>Stopped by <see cref="MqttSink.DisposeAsync"/>.</summary>
    Stopped,
}

/// <summary>
/// Something to log: one line. The same problem is reported once until the next connection.
/// </summary>
/// <param name="At">When, UTC.</param>
/// <param name="State">What kind.</param>
/// <param name="Message">In words, with address and remedy.</param>
public sealed record MqttStatus(DateTimeOffset At, MqttState State, string Message)
{
    /// <summary>Whether somebody should look into it.</summary>
    public bool IsProblem => State is not (MqttState.Connected or MqttState.Stopped);
}

/// <summary>What the sink has done since it started.</summary>
/// <param name="IsConnected">Whether it is connected now.</param>
/// <param name="Queued">Findings that wait or are not acknowledged yet.</param>
/// <param name="Dropped">Findings dropped because the queue was full, or at the end.</param>
/// <param name="Published">Findings acknowledged by the broker (QoS 0: sent).</param>
/// <param name="Refused">Messages the broker refused or could never take.</param>
/// <param name="Connects">Connections established.</param>
public readonly record struct MqttCounters(
    bool IsConnected, int Queued, long Dropped, long Published, long Refused, long Connects);
