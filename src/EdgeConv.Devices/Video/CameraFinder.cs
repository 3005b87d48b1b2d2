using EdgeConv.Core;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>A video device of the machine.</summary>
/// <param name="Path">Where it is now: <c>/dev/video0</c>.</param>
/// <param name="Name">What it is called.</param>
/// <param name="StablePath">
/// The path that it keeps when it is plugged in again, below /dev/v4l/by-id or else by-path; null when it has
/// none.
/// </param>
internal sealed record VideoDevice(string Path, string Name, string? StablePath)
{
    /// <summary>For messages that say what there is.</summary>
    public string Description => $"{StablePath ?? Path} ({Name})";
}

/// <summary>Finds cameras among the machine's video devices, by path or by name.</summary>
internal sealed class CameraFinder(SysRoot root, IVideoOpener opener)
{
    private static readonly string[] s_stable = ["dev/v4l/by-id", "dev/v4l/by-path"];

    /// <summary>All video devices, cameras and others, in the order of their numbers.</summary>
    public IReadOnlyList<VideoDevice> Devices()
    {
        Dictionary<string, string> links = [];
        foreach (string folder in s_stable)
        {
            foreach (string link in Links(folder))
                links.TryAdd(NodeOf(link) ?? "", root.NameOf(link));
        }

        return [.. root.Folders("sys/class/video4linux")
            .Where(folder => Path.GetFileName(folder).StartsWith("video", StringComparison.Ordinal))
            .Select(folder =>
            {
                string node = Path.GetFileName(folder);
                string name = root.Text(folder, "name") ?? node;
                return new VideoDevice($"/dev/{node}", name, links.GetValueOrDefault(node));
            })];
    }

    /// <summary>The camera that is meant, open; null when it is not there.</summary>
    /// <param name="device">A path, a name, or nothing for the only camera there is.</param>
    /// <exception cref="DeviceError">
    /// Several are meant, or it is no camera, or may not be opened.
    /// </exception>
    public OpenCamera? Open(string device) =>
        device.StartsWith('/') ? OpenPath(device, device) : OpenNamed(PlaceOf(device), device);

    /// <summary>What to say where it is not there: names the cameras that are, and opens them to find out.</summary>
    public DeviceError Missing(string device) =>
        new(PlaceOf(device), $"no such camera is there; {Cameras()}; used when it comes");

    private static string PlaceOf(string device) => device.Length == 0 ? "camera" : device;

    private OpenCamera? OpenPath(string place, string path)
    {
        if (NodeOf(root.Folder(path[1..])) is not { } node)
            return null;
        string name = root.Text($"sys/class/video4linux/{node}", "name") ?? node;
        Attempt attempt = Try(place, $"/dev/{node}", name);
        return attempt.WhyNoCamera is { } other
            ? throw new DeviceError(place, $"{other}; {Cameras()}")
            : attempt.Problem is { } problem ? throw problem : attempt.Camera;
    }

    private OpenCamera? OpenNamed(string place, string name)
    {
        List<VideoDevice> called = [.. Devices().Where(device => IsCalled(device, name))];
        List<Attempt> attempts = [.. called.Select(device => Try(place, device.Path, device.Name))];
        OpenCamera[] cameras = [.. attempts.Select(attempt => attempt.Camera).OfType<OpenCamera>()];
        if (cameras.Length == 1)
            return cameras[0];
        foreach (OpenCamera camera in cameras)
            camera.Node.Dispose();
        if (cameras.Length > 1)
        {
            IEnumerable<VideoDevice> meant = called.Where((_, i) => attempts[i].Camera is not null);
            throw new DeviceError(
                place, $"'device' must name one camera; {Listed(meant)} are there");
        }

        DeviceError? problem = attempts.Select(attempt => attempt.Problem).FirstOrDefault(found => found is not null);
        return problem is null ? null : throw problem;
    }

    private Attempt Try(string place, string path, string name)
    {
        string file = root.Folder(path[1..]);
        IVideoNode? node = opener.Open(file, out int problem);
        if (node is null)
            return CameraTrouble.IsGone(problem)
                ? default
                : new Attempt(null, CameraTrouble.Of(place, "open it", problem, null), null);
        problem = NodeKind.Of(node, out VideoCapabilities capabilities, out _);
        string? other = problem != 0 ? null : NodeKind.WhyNoCamera(capabilities);
        if (problem == 0 && other is null)
            return new Attempt(new OpenCamera(node, file, name), null, null);
        node.Dispose();
        return other is null
            ? new Attempt(null, CameraTrouble.Of(place, "ask what it is", problem, null), null)
            : new Attempt(null, null, other);
    }

    private string Cameras()
    {
        VideoDevice[] cameras = [.. Devices().Where(IsCamera)];
        return cameras.Length == 0 ? "there is no camera at all" : $"there are {Listed(cameras)}";
    }

    private bool IsCamera(VideoDevice device)
    {
        using IVideoNode? node = opener.Open(root.Folder(device.Path[1..]), out _);
        return node is not null
            && NodeKind.Of(node, out VideoCapabilities capabilities, out _) == 0
            && NodeKind.WhyNoCamera(capabilities) is null;
    }

    private static string Listed(IEnumerable<VideoDevice> devices) =>
        string.Join(", ", devices.Select(device => device.Description));

    private static bool IsCalled(VideoDevice device, string name) => name.Length == 0
        || string.Equals(device.Name, name, StringComparison.OrdinalIgnoreCase)
        || device.Path == $"/dev/{name}";

    private string[] Links(string folder)
    {
        string path = root.Folder(folder);
        try
        {
            return Directory.Exists(path) ? [.. Directory.GetFiles(path).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // The name of the device behind a link, or of the device itself; null when nothing is there.
    private static string? NodeOf(string path)
    {
        try
        {
            string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            return FileStatus.Of(target) is null ? null : Path.GetFileName(target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Nothing at all where the device has gone.
    private readonly record struct Attempt(OpenCamera? Camera, DeviceError? Problem, string? WhyNoCamera);
}

/// <summary>A camera that was found and opened.</summary>
/// <param name="Node">The open device; whoever takes it disposes it.</param>
/// <param name="Path">Where it is, without links.</param>
/// <param name="Name">What it is called.</param>
internal sealed record OpenCamera(IVideoNode Node, string Path, string Name);
