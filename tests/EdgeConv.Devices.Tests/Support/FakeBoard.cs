using EdgeConv.Testing;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>
/// A recorded board in a folder of its own, laid out as the kernel does: the entries of a class are links to
/// the devices. Its files may be changed, its devices renumbered.
/// </summary>
internal sealed class FakeBoard : IDisposable
{
    private static readonly string[] Classes = ["thermal", "hwmon", "powercap", "power_supply"];
    private readonly TempFolder _folder = new();

    public FakeBoard(string name)
    {
        string recorded = FolderOf(name);
        foreach (string file in Directory.EnumerateFiles(recorded, "*", SearchOption.AllDirectories))
        {
            string copy = _folder.PathOf(Path.GetRelativePath(recorded, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (new FileInfo(file).LinkTarget is { } target)
                File.CreateSymbolicLink(copy, target);
            else
                File.Copy(file, copy);
        }

        foreach (string entry in Entries())
            MoveBehindLink(entry);
    }

    public SysRoot Root => new(_folder.Root);

    /// <summary>A file by its path on the board, without the first slash.</summary>
    public string PathOf(string path) => _folder.PathOf(path);

    /// <summary>Where a board is recorded.</summary>
    public static string FolderOf(string name) =>
        Repository.PathOf("tests", "EdgeConv.Devices.Tests", "Boards", name);

    /// <summary>A file of a device, by class and number: <c>thermal/thermal_zone0</c>.</summary>
    public string FileOf(string device, string file) => _folder.PathOf($"sys/class/{device}/{file}");

    public void Write(string device, string file, string content)
    {
        Directory.CreateDirectory(FileOf(device, ""));
        File.WriteAllText(FileOf(device, file), content);
    }

    public string Read(string device, string file) => File.ReadAllText(FileOf(device, file));

    /// <summary>Gives a device another number, as a driver that is loaded anew does.</summary>
    public void Rename(string device, string to) =>
        Directory.Move(_folder.PathOf($"sys/class/{device}"), _folder.PathOf($"sys/class/{to}"));

    /// <summary>Takes a device away.</summary>
    public void Remove(string device) => File.Delete(_folder.PathOf($"sys/class/{device}"));

    /// <summary>Numbers all thermal zones and hwmon chips anew, the last first.</summary>
    public void Renumber()
    {
        foreach (string prefix in (string[])["thermal/thermal_zone", "hwmon/hwmon"])
        {
            string[] devices = [.. Entries()
                .Select(entry => Path.GetRelativePath(_folder.PathOf("sys/class"), entry))
                .Where(device => device.StartsWith(prefix, StringComparison.Ordinal))
                .OrderDescending(StringComparer.Ordinal)];
            for (int i = 0; i < devices.Length; i++)
                Rename(devices[i], $"{prefix}{i + 100}");
            for (int i = 0; i < devices.Length; i++)
                Rename($"{prefix}{i + 100}", $"{prefix}{i}");
        }
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<string> Entries() => Classes
        .Select(name => _folder.PathOf($"sys/class/{name}"))
        .Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories);

    private void MoveBehindLink(string entry)
    {
        string devices = _folder.PathOf("sys/devices");
        Directory.CreateDirectory(devices);
        string name = Path.GetFileName(entry);
        Directory.Move(entry, Path.Combine(devices, name));
        Directory.CreateSymbolicLink(entry, Path.Combine("..", "..", "devices", name));
    }
}
