using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeConv.EndToEnd;

/// <summary>A real mosquitto on a free loopback port, with a password file.</summary>
public sealed class Mosquitto : IDisposable
{
    public const string User = "edgeconv";
    public const string Password = "not-a-secret";
    private static readonly string? Program =
        new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-mosquitto-").FullName;
    private readonly Process _process;

    public Mosquitto()
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
        _process = Process.Start(new ProcessStartInfo(Program!, ["-c", config]) { RedirectStandardError = true })!;
        WaitUntilListening();
    }

    public static bool IsThere => Program is not null;

    public int Port { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

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
