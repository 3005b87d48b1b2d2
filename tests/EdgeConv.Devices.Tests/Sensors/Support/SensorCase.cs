using System.Globalization;
using EdgeConv.Devices.Interop;
using EdgeConv.Devices.Sensors;
using EdgeConv.Devices.Sensors.Chips;
using EdgeConv.Devices.Sensors.Iio;
using EdgeConv.Devices.Sensors.Iio.Interop;
using EdgeConv.Devices.Sensors.Joining;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Testing;

namespace EdgeConv.Devices.Tests.Sensors.Support;

/// <summary>
/// A sensor as a folder: <c>case.txt</c> which one is wanted, <c>sys</c> and <c>scans.txt</c> or <c>registers.txt</c>
/// what there is, <c>expected.txt</c> what is read of it, a line each time.
/// </summary>
internal sealed class SensorCase : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _wish;
    private readonly string _recorded;

    public SensorCase(string name)
    {
        _recorded = Path.Combine(FolderOfAll, name);
        _wish = File.ReadAllLines(Path.Combine(_recorded, "case.txt"))
            .Where(line => line.Length != 0 && line[0] != '#')
            .ToDictionary(line => line[..line.IndexOf(':')], line => line[(line.IndexOf(':') + 1)..].Trim());
        foreach (string file in Directory.EnumerateFiles(_recorded, "*", SearchOption.AllDirectories))
            Copy(file);
        if (Recorded("scans.txt") is { } scans)
            _folder.Write("dev/iio:device0", Convert.FromHexString(string.Concat(
                scans.Where(line => line[0] != '#').Select(line => line.Replace(" ", "", StringComparison.Ordinal)))));
    }

    public static string FolderOfAll => Repository.PathOf("tests", "EdgeConv.Devices.Tests", "Sensors", "cases");

    public string Root => _folder.Root;

    /// <summary>What is expected, or what is to be.</summary>
    public string Expected => File.ReadAllText(Path.Combine(_recorded, "expected.txt"));

    public SensorOptions Options => new()
    {
        Kind = Enum.Parse<SensorKind>(Wish("kind", "iio"), ignoreCase: true),
        Device = Wish("device"),
        Chip = Wish("chip"),
        Bus = 1,
        Address = _wish.TryGetValue("address", out string? address) ? Convert.ToInt32(address, 16) : null,
        ShuntOhms = double.Parse(Wish("shunt_ohms", "0.1"), CultureInfo.InvariantCulture),
        IsBuffered = Wish("buffer") == "true",
        Trigger = Wish("trigger"),
        RateHertz = double.Parse(Wish("rate_hz", "0"), CultureInfo.InvariantCulture),
        Channels = [.. Wish("channels").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(channel => new SensorChannelOptions(channel))],
    };

    /// <summary>Numbers the devices anew: what was 0 is 7.</summary>
    public void Renumber()
    {
        string sys = Directory.CreateDirectory(Path.Combine(Root, "sys")).FullName;
        foreach (string folder in Directory.EnumerateDirectories(sys, "*", SearchOption.AllDirectories)
            .Where(folder => Path.GetFileName(folder) is "iio:device0" or "hwmon0").ToArray())
            Directory.Move(folder, folder[..^1] + "7");
        string node = Path.Combine(Root, "dev/iio:device0");
        if (File.Exists(node))
            File.Move(node, node[..^1] + "7");
    }

    /// <summary>Opens and reads it, and tells what came of it.</summary>
    public string Read()
    {
        StringWriter told = new() { NewLine = "\n" };
        try
        {
            using ISensor sensor = Open();
            double[] values = new double[sensor.Channels.Count];
            for (int i = 0; i < int.Parse(Wish("reads", "1"), CultureInfo.InvariantCulture); i++)
                told.WriteLine(ReadOnce(sensor, values));
        }
        catch (Exception error) when (error is DeviceError or IOException)
        {
            told.WriteLine($"open: {SensorFault.Of("sensor", error).Message.Replace(Root, "ROOT", StringComparison.Ordinal)}");
        }

        foreach (string written in Map?.Written.Where(_ => Wish("written") == "true") ?? [])
            told.WriteLine($"wrote {written}");
        return told.ToString();
    }

    public void Dispose() => _folder.Dispose();

    private RegisterMap? Map { get; set; }

    private ISensor Open()
    {
        SensorOptions options = Options;
        if (Recorded("registers.txt") is not { } lines)
            return new SensorFactory(SysRootOf(), Parts()).Open(options);
        Map = new RegisterMap(lines);
        int address = options.Address ?? SensorChips.Find(options.Chip, options.Kind)!.DefaultAddress;
        return options.Chip switch
        {
            "bme280" => new Bme280(Map.I2c(1, address)),
            "sht4x" => new Sht4x(Map.I2c(1, address)),
            "adxl345" => new Adxl345(Map.I2c(1, address)),
            "mpu6050" => new Mpu6050(Map.I2c(1, address)),
            "ina219" => new Ina219(Map.I2c(1, address), options.ShuntOhms),
            "ads1115" => new Ads1115(Map.I2c(1, address)),
            "mcp3008" => new Mcp3008(Map.Spi()),
            _ => throw new FormatException($"no chip '{options.Chip}'"),
        };
    }

    // A second for each reading, on a clock whose ticks are microseconds.
    private static string ReadOnce(ISensor sensor, double[] values)
    {
        const long Now = 10_000_000;
        long at = Now;
        try
        {
            if (!sensor.TryRead(values, ref at))
                return "nothing";
        }
        catch (Exception error) when (error is DeviceError or IOException)
        {
            return $"read: {SensorFault.Of(sensor.Name, error).Message}";
        }

        IEnumerable<string> texts = sensor.Channels.Zip(values, (channel, value) => double.IsNaN(value)
            ? $"{channel.Name} -"
            : string.Create(CultureInfo.InvariantCulture, $"{channel.Name} {value:0.######} {channel.Unit}").TrimEnd());
        string age = at == Now ? "" : string.Create(CultureInfo.InvariantCulture, $" ({(Now - at) / 1000.0:0.###} ms ago)");
        return string.Join(", ", texts) + age;
    }

    private SysRoot SysRootOf()
    {
        string[] fault = Wish("fault").Split(' ');
        return fault.Length == 2
            ? new SysRoot(Root, new FaultyReader(fault[0], int.Parse(fault[1], CultureInfo.InvariantCulture)))
            : new SysRoot(Root);
    }

    private IioParts Parts()
    {
        string[] refusal = Wish("refusal").Split(' ');
        IFileWriter writer = refusal.Length == 2
            ? new RefusingWriter(refusal[0], int.Parse(refusal[1], CultureInfo.InvariantCulture))
            : new FileWriter();
        string[] node = Wish("node").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IScanOpener opener = node.Length == 0 ? new ScanOpener() : new ScriptedScans(node);
        return new IioParts(
            opener, writer, new StoppedClock(long.Parse(Wish("clock", "0"), CultureInfo.InvariantCulture)), 1_000_000);
    }

    private string Wish(string key, string missing = "") => _wish.GetValueOrDefault(key, missing);

    private string[]? Recorded(string file)
    {
        string path = Path.Combine(_recorded, file);
        return File.Exists(path) ? [.. File.ReadAllLines(path).Where(line => line.Length != 0)] : null;
    }

    private void Copy(string file)
    {
        string copy = _folder.PathOf(Path.GetRelativePath(_recorded, file));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        if (new FileInfo(file).LinkTarget is { } target)
            File.CreateSymbolicLink(copy, target);
        else
            File.Copy(file, copy);
    }

    private sealed class RefusingWriter(string end, int errno) : IFileWriter
    {
        public int Write(string path, string text) =>
            path.EndsWith(end, StringComparison.Ordinal) ? -errno : new FileWriter().Write(path, text);
    }

    private sealed class StoppedClock(long nanoseconds) : IKernelClock
    {
        public long Nanoseconds(int clock) => nanoseconds;
    }

    /// <summary>Answers of a node: hexadecimal bytes, or an errno: <c>-19</c>.</summary>
    private sealed class ScriptedScans(string[] answers) : IScanOpener, IScanNode
    {
        private readonly Queue<string> _left = new(answers);

        public IScanNode? Open(string path, out int problem)
        {
            problem = _left.TryPeek(out string? first) && first.StartsWith("open", StringComparison.Ordinal)
                ? int.Parse(first[4..], CultureInfo.InvariantCulture)
                : 0;
            return problem == 0 ? this : null;
        }

        public int Read(Span<byte> into)
        {
            if (!_left.TryDequeue(out string? answer))
                return -11;
            if (answer[0] == '-')
                return int.Parse(answer, CultureInfo.InvariantCulture);
            byte[] bytes = Convert.FromHexString(answer);
            bytes.CopyTo(into);
            return bytes.Length;
        }

        public void Dispose()
        {
        }
    }
}
