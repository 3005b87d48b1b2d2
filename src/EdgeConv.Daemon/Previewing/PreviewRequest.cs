using System.Globalization;
using System.Net;
using System.Text;

namespace EdgeConv.Daemon.Previewing;

/// <summary>One request of a viewer, and the answer to it.</summary>
/// <param name="context">The request.</param>
/// <param name="channels">The pipelines that show pictures, by name.</param>
/// <param name="isServed">Whether there is room for one more viewer.</param>
/// <param name="stop">Ends all streams.</param>
internal sealed class PreviewRequest(
    HttpListenerContext context,
    IReadOnlyDictionary<string, PreviewChannel> channels,
    bool isServed,
    CancellationToken stop)
{
    /// <summary>Requests that are answered at a time.</summary>
    public const int MostViewers = 8;

    private const string Single = ".jpg";
    private static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PicturePatience = TimeSpan.FromSeconds(10);

    /// <summary>Answers, for as long as a stream lasts.</summary>
    public Task AnswerAsync()
    {
        HttpListenerRequest request = context.Request;
        string path = request.Url?.AbsolutePath.Trim('/') ?? "";
        context.Response.Headers["Cache-Control"] = "no-store";
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        context.Response.Headers["X-Content-Type-Options"] = "nosniff";
        if (request.HttpMethod != "GET")
            return SayAsync(HttpStatusCode.MethodNotAllowed, $"{request.HttpMethod} is not answered; GET is\n");
        if (request.Headers["Sec-Fetch-Site"] is not (null or "none" or "same-origin"))
            return SayAsync(HttpStatusCode.Forbidden, "pages of other sites are not answered\n");
        if (!isServed)
            return SayAsync(HttpStatusCode.ServiceUnavailable, $"{MostViewers} viewers at a time are served\n");
        if (path.Length == 0)
            return WriteAsync("text/html; charset=utf-8", Encoding.UTF8.GetBytes(PageOf(channels.Keys)));
        if (channels.TryGetValue(path, out PreviewChannel? channel))
            return StreamAsync(channel);
        return path.EndsWith(Single, StringComparison.Ordinal) && channels.TryGetValue(path[..^Single.Length], out channel)
            ? ShowOneAsync(channel)
            : SayAsync(HttpStatusCode.NotFound,
                $"no pipeline shows pictures here; those that do: {string.Join(", ", channels.Keys.Order())}\n");
    }

    private static string PageOf(IEnumerable<string> pipelines)
    {
        StringBuilder page = new();
        page.Append("""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>edgeconv</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"><style>
            body { background: #111; color: #ccc; font-family: sans-serif; margin: 1em }
            body { display: flex; flex-wrap: wrap; gap: 1em }
            figure { margin: 0 } img { max-width: 100%; display: block }
            </style></head><body>
            """);
        // Names of pipelines are letters, digits, '_' and '-'.
        foreach (string name in pipelines.Order(StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <figure><img src="/{name}" alt="{name}" onerror="setTimeout(() => this.src = '/{name}', 2000)">
                <figcaption>{name}</figcaption></figure>
                """);
        }

        return page.Append("</body></html>\n").ToString();
    }

    private async Task StreamAsync(PreviewChannel channel)
    {
        PreviewPicture? before = channel.Latest;
        using IDisposable watching = channel.Watch();
        HttpListenerResponse response = context.Response;
        response.SendChunked = true;
        response.ContentType = $"multipart/x-mixed-replace; boundary={PreviewPicture.Boundary}";
        await SendAsync(Encoding.ASCII.GetBytes($"--{PreviewPicture.Boundary}\r\n")).ConfigureAwait(false);
        PreviewPicture? latest = await NextAsync(channel, before).ConfigureAwait(false);
        while (latest is not null)
        {
            await SendAsync(latest.Part).ConfigureAwait(false);
            // Where no new one comes the latest is sent again: that tells of viewers who are gone.
            latest = await NextAsync(channel, latest).ConfigureAwait(false) ?? latest;
        }

        response.Close();
    }

    private async Task<PreviewPicture?> NextAsync(PreviewChannel channel, PreviewPicture? seen)
    {
        try
        {
            return await channel.NextAsync(seen).WaitAsync(PicturePatience, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task ShowOneAsync(PreviewChannel channel)
    {
        PreviewPicture? before = channel.Latest;
        using IDisposable watching = channel.Watch();
        Task answer = (await NextAsync(channel, before).ConfigureAwait(false) ?? channel.Latest) is { } picture
            ? WriteAsync("image/jpeg", picture.Jpeg)
            : SayAsync(HttpStatusCode.GatewayTimeout, $"no picture came within {PicturePatience.TotalSeconds} s\n");
        await answer.ConfigureAwait(false);
    }

    private Task SayAsync(HttpStatusCode status, string text)
    {
        context.Response.StatusCode = (int)status;
        return WriteAsync("text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
    }

    private async Task WriteAsync(string type, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength64 = body.Length;
        await SendAsync(body).ConfigureAwait(false);
        context.Response.Close();
    }

    private Task SendAsync(ReadOnlyMemory<byte> bytes) =>
        context.Response.OutputStream.WriteAsync(bytes, stop).AsTask().WaitAsync(WritePatience, stop);
}
