namespace EdgeConv.Mqtt.Tests.Brokers;

/// <summary>
/// A broker that a test can stop and start again on the same port. It keeps nothing over a restart.
/// </summary>
public abstract class TestBroker : IAsyncDisposable
{
    public abstract int Port { get; }

    public abstract Task StartAsync();

    public abstract Task StopAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Forget();
        GC.SuppressFinalize(this);
    }

    /// <summary>Deletes what it has left behind.</summary>
    protected virtual void Forget()
    {
    }
}

public sealed class EmbeddedTestBroker : TestBroker
{
    private EmbeddedBroker? _broker;
    private int _port;

    public override int Port => _port;

    public override async Task StartAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = _port });
        _port = _broker.Port;
    }

    public override async Task StopAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
        _broker = null;
    }
}
