namespace EdgeConv.Mqtt;

/// <summary>What the sink, its reconnect loop and its sessions share.</summary>
internal sealed class SinkContext : IDisposable
{
    private long _published;
    private long _refused;
    private long _connects;
    private volatile bool _isConnected;
    private volatile string? _ownersProblem;

    public SinkContext(MqttOptions options, Action<MqttStatus>? onStatus, TimeProvider time)
    {
        Options = options;
        Time = time;
        Topics = new Topics(options.Base);
        Certificates = ClientCertificates.Load(options.Tls);
        Outbox = new Outbox(options.QueueLimit);
        Reporter = new Reporter(onStatus, time);
        Deadline.Token.Register(Wake.Set);
    }

    public MqttOptions Options { get; }

    public TimeProvider Time { get; }

    public Topics Topics { get; }

    public ClientCertificates Certificates { get; }

    public Outbox Outbox { get; }

    public PictureShelf Pictures { get; } = new();

    public Reporter Reporter { get; }

    public Wake Wake { get; } = new();

    /// <summary>Cancelled when the sink is to send what it owes and end.</summary>
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Cancelled when it may try no longer.</summary>
    public CancellationTokenSource Deadline { get; } = new();

    public bool IsConnected
    {
        get => _isConnected;
        set => _isConnected = value;
    }

    /// <summary>What is wrong with the daemon itself; null when nothing is.</summary>
    public string? OwnersProblem
    {
        get => _ownersProblem;
        set => _ownersProblem = value;
    }

    public MqttCounters Counters => new(
        _isConnected, Outbox.Owed, Outbox.Dropped, Interlocked.Read(ref _published),
        Interlocked.Read(ref _refused), Interlocked.Read(ref _connects));

    public void CountPublished() => Interlocked.Increment(ref _published);

    public void CountRefused() => Interlocked.Increment(ref _refused);

    public void CountConnect() => Interlocked.Increment(ref _connects);

    public void Dispose()
    {
        Certificates.Dispose();
        Stop.Dispose();
        Deadline.Dispose();
    }
}
