using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>A machine's cameras, with the files and links that the kernel and udev make for them.</summary>
internal sealed class FakeCameras : IVideoOpener, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, FakeCamera> _cameras = [];

    public SysRoot Root => new(_folder.Root);

    /// <summary>Plugs a camera in.</summary>
    /// <param name="node">The number that it gets: <c>video0</c>.</param>
    /// <param name="name">What the driver calls it.</param>
    /// <param name="link">Its link below /dev/v4l/by-id; null for none.</param>
    /// <param name="camera">The camera; a new one when null.</param>
    public FakeCamera Plug(string node, string name, string? link = null, FakeCamera? camera = null)
    {
        camera ??= new FakeCamera();
        camera.IsPlugged = true;
        _cameras[_folder.Write($"dev/{node}", "")] = camera;
        _folder.Write($"sys/class/video4linux/{node}/name", name + "\n");
        if (link is not null)
        {
            Directory.CreateDirectory(_folder.PathOf("dev/v4l/by-id"));
            File.CreateSymbolicLink(_folder.PathOf($"dev/v4l/by-id/{link}"), $"../../{node}");
        }

        return camera;
    }

    /// <summary>Pulls it out.</summary>
    public void Unplug(string node, string? link = null)
    {
        string path = _folder.PathOf($"dev/{node}");
        _cameras[path].IsPlugged = false;
        _cameras.Remove(path);
        File.Delete(path);
        Directory.Delete(_folder.PathOf($"sys/class/video4linux/{node}"), recursive: true);
        if (link is not null)
            File.Delete(_folder.PathOf($"dev/v4l/by-id/{link}"));
    }

    /// <summary>A program that has a device open.</summary>
    public void AddProgram(int process, string name, string node)
    {
        _folder.Write($"proc/{process}/comm", name + "\n");
        Directory.CreateDirectory(_folder.PathOf($"proc/{process}/fd"));
        File.CreateSymbolicLink(_folder.PathOf($"proc/{process}/fd/3"), _folder.PathOf($"dev/{node}"));
    }

    public IVideoNode? Open(string path, out int problem)
    {
        if (_cameras.TryGetValue(path, out FakeCamera? camera))
            return camera.TryOpen(out problem);
        problem = -2;
        return null;
    }

    public void Dispose() => _folder.Dispose();
}
