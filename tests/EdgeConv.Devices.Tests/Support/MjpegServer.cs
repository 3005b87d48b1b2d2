using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>A network camera: MJPEG over HTTP for whoever knows user and password.</summary>
internal sealed class MjpegServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly string? _authorization;
    private readonly byte[] _jpeg;
    private readonly Task _accepting;
    private volatile int _most = int.MaxValue;

    /// <param name="jpeg">The picture that it gives again and again.</param>
    /// <param name="credentials">user:password, or null for everybody.</param>
    public MjpegServer(byte[] jpeg, string? credentials = null)
    {
        _jpeg = jpeg;
        _authorization = credentials is null
            ? null
            : $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/video";

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Pictures of each connection before it ends.</summary>
    public int Most
    {
        set => _most = value;
    }

    /// <summary>Whether a connection stays, and says nothing any more, when it has given its pictures.</summary>
    public bool FallsSilent { get; init; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient served = client;
        Connections++;
        try
        {
            NetworkStream stream = client.GetStream();
            string request = await ReadRequestAsync(stream);
            if (_authorization is not null && !request.Contains(_authorization, StringComparison.Ordinal))
            {
                await stream.WriteAsync("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nConnection: close\r\n\r\n"u8.ToArray());
                return;
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"u8.ToArray());
            for (int i = 0; i < _most; i++)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {_jpeg.Length}\r\n\r\n"));
                await stream.WriteAsync(_jpeg);
                await stream.WriteAsync("\r\n"u8.ToArray());
                await Task.Delay(20, _end.Token);
            }

            if (FallsSilent)
                await Task.Delay(Timeout.Infinite, _end.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
        }
    }

    private static async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[4096];
        int count = 0, read;
        while (!Encoding.ASCII.GetString(buffer, 0, count).Contains("\r\n\r\n", StringComparison.Ordinal)
            && (read = await stream.ReadAsync(buffer.AsMemory(count))) > 0)
            count += read;
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}
