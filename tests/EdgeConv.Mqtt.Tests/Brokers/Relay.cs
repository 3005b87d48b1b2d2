using System.Net;
using System.Net.Sockets;

namespace EdgeConv.Mqtt.Tests.Brokers;

/// <summary>Stands between a client and a broker and can cut, refuse and mute their connections.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpClient> _ends = [];
    private readonly int _target;
    private readonly Task _accepting;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private volatile bool _isOpen = true;
    private volatile bool _isMute;

    public Relay(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>While true, nothing the broker says reaches the client.</summary>
    public bool IsMute
    {
        get => _isMute;
        set => _isMute = value;
    }

    /// <summary>Resets every connection, as when a process is killed or a cable pulled.</summary>
    public void Cut()
    {
        lock (_ends)
        {
            foreach (TcpClient end in _ends)
                end.Close();
            _ends.Clear();
        }
    }

    /// <summary>Cuts, and closes new connections at once until <see cref="Open"/>.</summary>
    public void Shut()
    {
        _isOpen = false;
        Cut();
    }

    public void Open() => _isOpen = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception error)
            when (error is OperationCanceledException or SocketException or ObjectDisposedException
                or InvalidOperationException)
        {
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        TcpClient broker = new();
        lock (_ends)
            _ends.AddRange([client, broker]);
        try
        {
            if (_isOpen)
            {
                await broker.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(
                    CopyAsync(client.GetStream(), broker.GetStream(), mutable: false),
                    CopyAsync(broker.GetStream(), client.GetStream(), mutable: true));
            }
        }
        catch (Exception error)
            when (error is IOException or SocketException or InvalidOperationException)
        {
        }

        client.Close();
        broker.Close();
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool mutable)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = await from.ReadAsync(buffer)) > 0;)
        {
            if (!mutable || !_isMute)
                await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
