using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeConv.Mqtt.Tests.Brokers;

/// <summary>
/// A mosquitto of our own on a free loopback port, with the configuration lines a test gives.
/// </summary>
public sealed class Mosquitto : TestBroker
{
    public const string Absent = "mosquitto is not installed (Debian package mosquitto)";
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-mosquitto-").FullName;
    private readonly string[] _lines;
    private Process? _process;
    private int _port;

    /// <param name="lines">Lines of mosquitto.conf; <c>{folder}</c> is the broker's own folder.</param>
    public Mosquitto(params string[] lines) => _lines = lines;

    public static bool IsPresent => Find("mosquitto") is not null;

    public override int Port => _port;

    /// <summary>One that lets everybody in; skips the test where there is no mosquitto.</summary>
    public static Mosquitto Anonymous(params string[] lines)
    {
        SkipIfAbsent();
        return new Mosquitto(["allow_anonymous true", .. lines]);
    }

    /// <summary>A file in the broker's own folder.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    public static void SkipIfAbsent() => Assert.SkipUnless(IsPresent, Absent);

    /// <summary>Makes <c>{folder}/passwords</c> with one user.</summary>
    public void SetPassword(string user, string password)
    {
        string tool = Find("mosquitto_passwd") ?? throw new InvalidOperationException(Absent);
        using Process process = Process.Start(tool, ["-b", "-c", PathOf("passwords"), user, password]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public override async Task StartAsync()
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            int port = _port != 0 ? _port : FreePort();
            if (await TryStartAsync(port))
            {
                _port = port;
                return;
            }
        }

        throw new InvalidOperationException(
            "mosquitto did not start: " + await File.ReadAllTextAsync(PathOf("log")));
    }

    public override async Task StopAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    protected override void Forget() => Directory.Delete(_folder, recursive: true);

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> TryStartAsync(int port)
    {
        // As root it would change to a user that may not read the test's files.
        string[] own =
            [$"listener {port} 127.0.0.1", "user root", "persistence false",
            $"log_dest file {PathOf("log")}"];
        IEnumerable<string> all = own.Concat(
            _lines.Select(line => line.Replace("{folder}", _folder, StringComparison.Ordinal)));
        await File.WriteAllLinesAsync(PathOf("mosquitto.conf"), all);
        await File.WriteAllTextAsync(PathOf("log"), "");
        _process = Process.Start(new ProcessStartInfo(Find("mosquitto")!, ["-c", PathOf("mosquitto.conf")])
        {
            RedirectStandardError = true,
        })!;
        _process.BeginErrorReadLine();
        while (!_process.HasExited)
        {
            if (await AnswersAsync(port))
                return true;
            await Task.Delay(20);
        }

        _process.Dispose();
        _process = null;
        return false;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? Find(string program)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(':').Append("/usr/sbin").Append("/usr/local/sbin")
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }
}
