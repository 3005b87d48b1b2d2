using System.Globalization;

namespace EdgeConv.EndToEnd;

/// <summary>Daemons that share one subscription, each of which can be killed and started again.</summary>
public sealed class Workers : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-workers-").FullName;
    private readonly RunningProgram[] _running;
    private readonly string[] _configs;

    /// <summary>Starts <paramref name="count"/> of them, named w0, w1, ...</summary>
    public Workers(Mosquitto broker, int count, string model)
    {
        string password = Path.Combine(_folder, "password");
        File.WriteAllText(password, Mosquitto.Password);
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _configs = [.. Enumerable.Range(0, count).Select(i => WriteConfig(i, broker.Port, model))];
        _running = [.. _configs.Select(Start)];
    }

    public int Count => _running.Length;

    /// <summary>Kills one as <c>kill -9</c> does, and starts it again.</summary>
    public void KillAndRestart(int index)
    {
        _running[index].KillHard();
        _running[index].Dispose();
        _running[index] = Start(_configs[index]);
    }

    /// <summary>What each has said, for a test that fails.</summary>
    public string Said => string.Join('\n', _running.Select((worker, i) => $"w{i}:\n{worker.Output}{worker.Errors}"));

    public void Dispose()
    {
        foreach (RunningProgram worker in _running)
            worker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static RunningProgram Start(string config) => Binary.Native.Start("run", "--config", config);

    private string WriteConfig(int index, int port, string model)
    {
        string config = Path.Combine(_folder, $"w{index}.yaml");
        File.WriteAllText(config, string.Create(CultureInfo.InvariantCulture, $$"""
            node: w{{index}}
            mqtt: { host: 127.0.0.1, port: {{port}}, user: {{Mosquitto.User}}, password_file: password }
            pipelines:
              - name: fraud
                source: { kind: mqtt, topic: load/+/window, group: fraud, format: gray8, width: 28, height: 28 }
                models: [{ path: {{model}} }]
                decode: { labels: [a, b, c, d, e, f, g, h, i, j] }
            """));
        return config;
    }
}
