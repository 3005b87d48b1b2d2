using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.Previewing;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests.Previewing;

public sealed class PreviewServerTest : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly PreviewOptions _options = new(IPAddress.Loopback, FreePort.Find(), 10);
    private readonly PreviewServer _server;
    private readonly HttpClient _client = new() { Timeout = Patience };

    public PreviewServerTest()
    {
        _server = new PreviewServer(_options, "c.yaml");
        _client.BaseAddress = new Uri($"http://127.0.0.1:{_options.Port}/");
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_stream_holds_every_picture_that_is_shown_while_it_is_looked_at()
    {
        PreviewChannel channel = _server.ChannelOf("porch");
        Assert.False(channel.IsWatched);
        using (HttpResponseMessage response = await OpenAsync("porch"))
        {
            Assert.Equal("multipart/x-mixed-replace; boundary=edgeconv-picture", $"{response.Content.Headers.ContentType}");
            await WaitAsync(() => channel.IsWatched);
            using StreamReader stream = new(
                await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), Encoding.Latin1);
            Assert.Equal("--edgeconv-picture", await LineAsync(stream));
            foreach (string picture in (string[])["first", "second\u00ff", ""])
            {
                channel.Show(Encoding.Latin1.GetBytes(picture));
                Assert.Equal("Content-Type: image/jpeg", await LineAsync(stream));
                Assert.Equal($"Content-Length: {picture.Length}", await LineAsync(stream));
                Assert.Equal("", await LineAsync(stream));
                Assert.Equal(picture, await LineAsync(stream));
                // What ends a part comes with it, so that a browser shows it at once.
                Assert.Equal("--edgeconv-picture", await LineAsync(stream));
            }
        }

        await WaitUntilGoneAsync(channel);
    }

    [Fact]
    public async Task Viewers_that_read_nothing_hold_up_nobody_and_are_given_up()
    {
        PreviewChannel channel = _server.ChannelOf("porch");
        using TcpClient stuck = new("127.0.0.1", _options.Port);
        await stuck.GetStream().WriteAsync(
            "GET /porch HTTP/1.1\r\nHost: localhost:1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        TcpClient[] named = [.. Enumerable.Range(0, 8).Select(_ => new TcpClient("127.0.0.1", _options.Port))];
        foreach (TcpClient one in named)
        {
            await one.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"GET /porch HTTP/1.1\r\nHost: localhost:{_options.Port}\r\n\r\n"),
                TestContext.Current.CancellationToken);
        }

        await WaitAsync(() => channel.IsWatched);
        byte[] large = new byte[1 << 20];
        long begun = TimeProvider.System.GetTimestamp();
        while (channel.IsWatched && TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            channel.Show(large);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.False(channel.IsWatched);
        // They are connected still, and somebody else is served.
        using HttpResponseMessage page = await _client.GetAsync("", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        foreach (TcpClient one in named)
            one.Dispose();
    }

    [Fact]
    public async Task One_picture_is_the_next_one()
    {
        PreviewChannel channel = _server.ChannelOf("porch");
        channel.Show("before"u8.ToArray());
        Task<byte[]> fetching = _client.GetByteArrayAsync("porch.jpg", TestContext.Current.CancellationToken);
        await WaitAsync(() => channel.IsWatched);
        channel.Show("after"u8.ToArray());
        Assert.Equal("after"u8.ToArray(), await fetching);
    }

    [Fact]
    public async Task The_page_shows_every_pipeline()
    {
        _server.ChannelOf("porch");
        _server.ChannelOf("barn");
        string page = await _client.GetStringAsync("", TestContext.Current.CancellationToken);
        Assert.Contains("<img src=\"/barn\"", page, StringComparison.Ordinal);
        Assert.Contains("<img src=\"/porch\"", page, StringComparison.Ordinal);
        _server.Keep(["porch"]);
        Assert.DoesNotContain("barn", await _client.GetStringAsync("", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/cellar", HttpStatusCode.NotFound, "no pipeline shows pictures here; those that do: porch\n")]
    [InlineData("GET", "/../etc/passwd", HttpStatusCode.NotFound, "no pipeline shows pictures here; those that do: porch\n")]
    [InlineData("GET", "/porch/x.jpg", HttpStatusCode.NotFound, "no pipeline shows pictures here; those that do: porch\n")]
    [InlineData("POST", "/porch", HttpStatusCode.MethodNotAllowed, "POST is not answered; GET is\n")]
    public async Task Other_requests_are_refused_with_what_would_be_right(
        string method, string path, HttpStatusCode status, string text)
    {
        _server.ChannelOf("porch");
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(text, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("rebound.example", false)]
    public async Task Only_this_machine_s_own_names_are_answered(string host, bool isAnswered)
    {
        _server.ChannelOf("porch");
        using HttpRequestMessage request = new(HttpMethod.Get, "/");
        request.Headers.Host = $"{host}:{_options.Port}";
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(isAnswered, response.IsSuccessStatusCode);
        Assert.Equal(isAnswered, (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Contains("porch", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    [InlineData("none", HttpStatusCode.OK)]
    public async Task Pages_of_other_sites_see_nothing(string site, HttpStatusCode status)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/");
        request.Headers.Add("Sec-Fetch-Site", site);
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task More_viewers_than_are_served_are_told_so()
    {
        PreviewChannel channel = _server.ChannelOf("porch");
        List<HttpResponseMessage> streams = [];
        for (int i = 0; i < PreviewRequest.MostViewers; i++)
            streams.Add(await OpenAsync("porch"));
        using HttpResponseMessage refused = await _client.GetAsync("", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("8 viewers at a time are served\n",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        streams.ForEach(stream => stream.Dispose());
        await WaitUntilGoneAsync(channel);
        Assert.Contains("porch", await _client.GetStringAsync("", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_of_a_pipeline_that_is_removed_end()
    {
        PreviewChannel channel = _server.ChannelOf("porch");
        using HttpResponseMessage response = await OpenAsync("porch");
        await WaitAsync(() => channel.IsWatched);
        _server.Keep([]);
        await WaitAsync(() => !channel.IsWatched);
    }

    [Fact]
    public void An_address_that_is_taken_is_named()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        ConfigError error = Assert.Throws<ConfigError>(
            () => new PreviewServer(new PreviewOptions(IPAddress.Loopback, port, 10), "c.yaml").Dispose());
        Assert.StartsWith($"c.yaml: preview: cannot listen on 127.0.0.1:{port}: ", error.Message, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> OpenAsync(string path) => _client.GetAsync(
        path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    private static async Task<string?> LineAsync(StreamReader stream) =>
        await stream.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    // A viewer who is gone shows when something is sent to it.
    private static Task WaitUntilGoneAsync(PreviewChannel channel) => WaitAsync(() =>
    {
        channel.Show(new byte[100_000]);
        return !channel.IsWatched;
    });

    private static async Task WaitAsync(Func<bool> holds)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (!holds() && TimeProvider.System.GetElapsedTime(begun) < Patience)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.True(holds());
    }
}
