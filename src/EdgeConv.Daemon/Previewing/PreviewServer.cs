using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Previewing;

/// <summary>
/// Shows what pipelines see at <c>http://BIND:PORT/</c>: a page with all of them, <c>/NAME</c> a stream of JPEG
/// pictures (<c>multipart/x-mixed-replace</c>), <c>/NAME.jpg</c> the next one. Pictures are made only while
/// somebody looks.
/// </summary>
internal sealed class PreviewServer : IDisposable
{
    // Viewers that read nothing and have not gone: each keeps a descriptor and a thread.
    private const int MostStuck = 24;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private readonly HttpListener _listener;
    private readonly double _rateHertz;
    private readonly ConcurrentDictionary<string, PreviewChannel> _channels = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _viewers;
    private int _stuck;

    /// <summary>Begins to listen.</summary>
    /// <param name="options">Where.</param>
    /// <param name="file">The configuration, for messages.</param>
    /// <exception cref="ConfigError">The address cannot be listened on.</exception>
    public PreviewServer(PreviewOptions options, string file)
    {
        _rateHertz = options.RateHertz;
        _listener = Listen(options, file);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where a pipeline shows its pictures.</summary>
    public PreviewChannel ChannelOf(string pipeline) =>
        _channels.GetOrAdd(pipeline, _ => new PreviewChannel(_rateHertz));

    /// <summary>There are no other pipelines than these: the streams of all others end.</summary>
    public void Keep(IReadOnlyCollection<string> pipelines)
    {
        foreach (string gone in _channels.Keys.Except(pipelines))
        {
            if (_channels.TryRemove(gone, out PreviewChannel? channel))
                channel.End();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Close();
        Task.WhenAny(_accepting, Task.Delay(s_patience)).GetAwaiter().GetResult();
    }

    // By the usual name of the usual address, too. Requests for other hosts are refused by the listener, so that no
    // page of a stranger can read pictures by a name that it has led here.
    private static HttpListener Listen(PreviewOptions options, string file)
    {
        string address = options.Bind.ToString();
        try
        {
            return options.Bind.Equals(IPAddress.Loopback)
                ? Start(options.Port, address, "localhost")
                : Start(options.Port, address);
        }
        catch (Exception first) when (first is HttpListenerException or SocketException)
        {
            try
            {
                return Start(options.Port, address);
            }
            catch (Exception problem) when (problem is HttpListenerException or SocketException)
            {
                throw new ConfigError($"{file}: preview",
                    $"cannot listen on {new IPEndPoint(options.Bind, options.Port)}: {problem.Message}", problem);
            }
        }
    }

    private static HttpListener Start(int port, params string[] hosts)
    {
        HttpListener listener = new();
        try
        {
            foreach (string host in hosts)
                listener.Prefixes.Add($"http://{host}:{port}/");
            listener.Start();
            return listener;
        }
        catch
        {
            listener.Close();
            throw;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync().ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(context), CancellationToken.None);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // A client that went away before it was heard, or no descriptor for it; the listener goes on.
                await Task.Delay(s_patience).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        int viewers = Interlocked.Increment(ref _viewers);
        bool isServed = viewers <= PreviewRequest.MostViewers && Volatile.Read(ref _stuck) < MostStuck;
        bool isAnswered = false;
        try
        {
            await new PreviewRequest(context, _channels, isServed, _stop.Token).AnswerAsync().ConfigureAwait(false);
            isAnswered = true;
        }
        catch (Exception)
        {
            // The viewer is gone, or too slow to be waited for.
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }

        if (!isAnswered)
            await Task.Factory.StartNew(() => GiveUp(context), TaskCreationOptions.LongRunning).ConfigureAwait(false);
    }

    // The listener ends a response behind what it still sends: of a viewer that reads nothing, when that one goes.
    private void GiveUp(HttpListenerContext context)
    {
        Interlocked.Increment(ref _stuck);
        try
        {
            context.Response.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _stuck);
        }
    }
}
