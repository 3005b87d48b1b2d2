using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using EdgeConv.Testing;

namespace EdgeConv.EndToEnd;

/// <summary>A real mosquitto on a free loopback port, with a password file; over TLS where asked for.</summary>
public sealed partial class Mosquitto : IDisposable
{
    private const int Stop = 19;
    public const string User = "edgeconv";
    public const string Password = "not-a-secret";
    private static readonly string? Program =
        new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-mosquitto-").FullName;
    private readonly Process _process;

    public Mosquitto(bool isTls = false)
        : this(isTls, [])
    {
    }

    /// <summary>One with more lines of mosquitto.conf.</summary>
    public Mosquitto(params string[] lines)
        : this(isTls: false, lines)
    {
    }

    private Mosquitto(bool isTls, string[] lines)
    {
        Port = FreePort();
        string passwords = Path.Combine(_folder, "passwords");
        using (Process hash = Process.Start("mosquitto_passwd", ["-b", "-c", passwords, User, Password]))
            hash.WaitForExit();
        File.SetUnixFileMode(passwords, UnixFileMode.UserRead | UnixFileMode.UserWrite |
            UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        string config = Path.Combine(_folder, "mosquitto.conf");
        File.WriteAllText(config, string.Create(CultureInfo.InvariantCulture,
            $"listener {Port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"));
        if (isTls)
        {
            TestCertificates.WriteTo(_folder);
            File.AppendAllText(config, $"certfile {PathOf("server.crt")}\nkeyfile {PathOf("server.key")}\n");
        }

        File.AppendAllLines(config, lines);
        _process = Process.Start(new ProcessStartInfo(Program!, ["-c", config]) { RedirectStandardError = true })!;
        WaitUntilListening();
    }

    public static bool IsThere => Program is not null;

    public int Port { get; }

    /// <summary>Over TLS: the authority that has signed the broker's certificate, PEM.</summary>
    public string Authority => PathOf("ca.crt");

    /// <summary>Over TLS: another authority, PEM.</summary>
    public string Stranger => PathOf("stranger.crt");

    /// <summary>It keeps its connections and does nothing any longer.</summary>
    public void Stall() => _ = Kill(_process.Id, Stop);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void WaitUntilListening()
    {
        for (int i = 0; i < 500; i++)
        {
            try
            {
                using TcpClient client = new("127.0.0.1", Port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(20);
            }
        }

        throw new TimeoutException($"mosquitto does not listen on {Port}");
    }
}
