using System.Net;
using System.Net.Sockets;

namespace EdgeConv.Day;

/// <summary>
/// What lies between the house and its broker: it can be cut, and hold everything up as a broker does that hangs. It
/// knows how many packets of the house are not answered yet.
/// </summary>
internal sealed class Wire : IAsyncDisposable
{
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<Connection> _connections = [];
    private readonly Func<int> _broker;
    private Task _accepting;
    private TaskCompletionSource? _held;

    /// <param name="broker">The broker's port.</param>
    public Wire(Func<int> broker)
    {
        _broker = broker;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    public int Port { get; }

    /// <summary>Packets on their way, or that the broker has not answered; none while it hangs.</summary>
    public int Outstanding
    {
        get
        {
            lock (_lock)
                return _held is null ? _connections.Sum(connection => connection.Outstanding) : 0;
        }
    }

    /// <summary>Connections that are open.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>Nobody listens any longer, and every connection is reset.</summary>
    public void Shut()
    {
        _listener.Stop();
        _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        Cut();
    }

    /// <summary>Listens again.</summary>
    public void Reopen()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Resets every connection.</summary>
    public void Cut()
    {
        Connection[] all;
        lock (_lock)
            all = [.. _connections];
        foreach (Connection connection in all)
            connection.Dispose();
    }

    /// <summary>The broker takes connections and does nothing any longer.</summary>
    public void Hang()
    {
        lock (_lock)
            _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>It goes on, with what it was sent meanwhile.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _held?.SetResult();
            _held = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Release();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private Task Passable
    {
        get
        {
            lock (_lock)
                return _held?.Task ?? Task.CompletedTask;
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
            _ = CarryAsync(await listener.AcceptTcpClientAsync(_end.Token).ConfigureAwait(false));
    }

    private async Task CarryAsync(TcpClient client)
    {
        Connection connection = new(client);
        lock (_lock)
            _connections.Add(connection);
        try
        {
            await Passable.ConfigureAwait(false);
            await connection.ConnectAsync(_broker()).ConfigureAwait(false);
            await Task.WhenAny(connection.UpAsync(() => Passable), connection.DownAsync(() => Passable)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
        }

        connection.Dispose();
        lock (_lock)
            _connections.Remove(connection);
    }

    private sealed class Connection(TcpClient client) : IDisposable
    {
        private readonly TcpClient _broker = new();
        private PacketCount _asked;
        private PacketCount _answered;
        private int _outstanding;
        private int _isClosed;

        public int Outstanding => Volatile.Read(ref _isClosed) != 0 ? 0 : Volatile.Read(ref _outstanding);

        public async Task ConnectAsync(int port)
        {
            (client.NoDelay, _broker.NoDelay) = (true, true);
            await _broker.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
        }

        public Task UpAsync(Func<Task> passable) => CopyAsync(client, _broker, passable, bytes =>
            Interlocked.Add(ref _outstanding, _asked.Follow(bytes, PacketCount.WantAnswer)), _ => { });

        public Task DownAsync(Func<Task> passable) => CopyAsync(_broker, client, passable, _ => { }, bytes =>
            Interlocked.Add(ref _outstanding, -_answered.Follow(bytes, PacketCount.Answer)));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isClosed, 1) != 0)
                return;
            client.Client.LingerState = new LingerOption(true, 0);
            client.Close();
            _broker.Close();
        }

        private delegate void Note(ReadOnlySpan<byte> bytes);

        private static async Task CopyAsync(TcpClient from, TcpClient to, Func<Task> passable, Note before, Note after)
        {
            byte[] buffer = new byte[1 << 14];
            try
            {
                Stream source = from.GetStream(), target = to.GetStream();
                for (int read; (read = await source.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
                {
                    before(buffer.AsSpan(0, read));
                    await passable().ConfigureAwait(false);
                    await target.WriteAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
                    after(buffer.AsSpan(0, read));
                }
            }
            catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
            }
        }
    }
}

/// <summary>Counts packets of a kind in a stream of MQTT.</summary>
internal struct PacketCount
{
    private long _rest;
    private int _shift;
    private bool _isInLength;

    /// <summary>CONNECT, PUBLISH of QoS 1, SUBSCRIBE, UNSUBSCRIBE and PINGREQ.</summary>
    public static bool WantAnswer(byte first) => (first >> 4) is 1 or 8 or 10 or 12 || ((first >> 4) == 3 && (first & 6) == 2);

    /// <summary>CONNACK, PUBACK, SUBACK, UNSUBACK and PINGRESP.</summary>
    public static bool Answer(byte first) => (first >> 4) is 2 or 4 or 9 or 11 or 13;

    /// <summary>Follows what comes next; how many such packets begin in it.</summary>
    public int Follow(ReadOnlySpan<byte> bytes, Func<byte, bool> isOne)
    {
        int count = 0;
        for (int i = 0; i < bytes.Length;)
        {
            if (_isInLength)
            {
                _rest += (long)(bytes[i] & 127) << _shift;
                _shift += 7;
                _isInLength = bytes[i++] > 127;
            }
            else if (_rest > 0)
            {
                int taken = (int)Math.Min(_rest, bytes.Length - i);
                (_rest, i) = (_rest - taken, i + taken);
            }
            else
            {
                count += isOne(bytes[i++]) ? 1 : 0;
                (_isInLength, _shift) = (true, 0);
            }
        }

        return count;
    }
}
