using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeConv.EndToEnd;

/// <summary>
/// What lies between one client and its broker and notes when the client's messages of a topic leave it. Two threads that
/// wait for bytes, so that nothing else of this process is before them.
/// </summary>
public sealed class StampingRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<long> _stamps = [];
    private readonly byte[] _topic;
    private readonly Socket _broker = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Socket? _client;

    /// <param name="broker">The broker's port on loopback.</param>
    /// <param name="topic">Whose messages are noted.</param>
    public StampingRelay(int broker, string topic)
    {
        _topic = Encoding.UTF8.GetBytes(topic);
        _broker.Connect(IPAddress.Loopback, broker);
        _listener.Start();
        new Thread(Forward) { IsBackground = true }.Start();
    }

    /// <summary>Where the client finds it.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>When each message was here, in ticks of the stopwatch.</summary>
    public IReadOnlyList<long> Stamps
    {
        get
        {
            lock (_stamps)
                return [.. _stamps];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _client?.Dispose();
        _broker.Dispose();
    }

    private void Forward()
    {
        try
        {
            _client = _listener.AcceptSocket();
            _client.NoDelay = true;
            new Thread(() => Copy(_broker, _client, _ => { })) { IsBackground = true }.Start();
            Copy(_client, _broker, Note);
        }
        catch (Exception problem) when (problem is SocketException or InvalidOperationException)
        {
            // Disposed before anybody came.
        }
    }

    // No payload holds its topic.
    private void Note(ReadOnlySpan<byte> bytes)
    {
        long now = Stopwatch.GetTimestamp();
        lock (_stamps)
        {
            for (int at = bytes.IndexOf(_topic); at >= 0; at = bytes.IndexOf(_topic))
            {
                _stamps.Add(now);
                bytes = bytes[(at + _topic.Length)..];
            }
        }
    }

    private delegate void Noting(ReadOnlySpan<byte> bytes);

    private static void Copy(Socket from, Socket to, Noting note)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (from.Receive(buffer) is > 0 and int count)
            {
                note(buffer.AsSpan(0, count));
                to.Send(buffer, 0, count, SocketFlags.None);
            }
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // The end of the run.
        }
    }
}
