using System.Net;
using System.Net.Sockets;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace EdgeConv.Mqtt;

/// <summary>
/// Listens on one TCP endpoint. Unlike the library's own listener it bounds the sockets that are open at one
/// time and the packets they bring, whoever is at the other end.
/// </summary>
internal sealed class TcpServerAdapter(IPEndPoint endpoint, int mostSockets, int mostPacketBytes) : IMqttServerAdapter
{
    private readonly TcpListener _listener = new(endpoint);
    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;
    private int _sockets;

    /// <summary>The port listened on, once started.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <exception cref="SocketException">The endpoint cannot be listened on.</exception>
    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        _listener.Start();
        _accepting = Task.Run(() => AcceptAsync(options, logger), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
                if (Interlocked.Increment(ref _sockets) <= mostSockets)
                    _ = Task.Run(() => ServeAsync(socket, options, logger), CancellationToken.None);
                else
                    Release(socket);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client went away before it was accepted, or no descriptor is free: neither is for long.
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket socket, MqttServerOptions options, IMqttNetLogger logger)
    {
        try
        {
            socket.NoDelay = true;
            using NetworkStream stream = new(socket, ownsSocket: true);
            using BoundedChannel channel = new(
                new MqttTcpChannel(stream, socket.LocalEndPoint, socket.RemoteEndPoint, null), mostPacketBytes);
            MqttBufferWriter writer = new(options.WriterBufferSize, options.WriterBufferSizeMax);
            using NamingAdapter adapter = new(
                new MqttChannelAdapter(channel, new MqttPacketFormatterAdapter(writer), logger));
            if (ClientHandler is { } handle)
                await handle(adapter).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever a client does, only its own connection ends.
        }
        finally
        {
            Release(socket);
        }
    }

    private void Release(Socket socket)
    {
        socket.Dispose();
        Interlocked.Decrement(ref _sockets);
    }
}
