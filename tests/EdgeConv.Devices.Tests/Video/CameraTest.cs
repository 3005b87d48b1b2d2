using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;

namespace EdgeConv.Devices.Tests.Video;

/// <summary>A camera of a machine of its own; a frame comes whenever it is waited for, unless a test says otherwise.</summary>
public abstract class CameraTest : IDisposable
{
    private protected const string Link = "usb-Fake_Webcam-video-index0";
    private protected const string Stable = "/dev/v4l/by-id/" + Link;
    private readonly List<ISource> _sources = [];

    private protected CameraTest()
    {
        Camera = Cameras.Plug("video0", "Fake Webcam", Link);
        Camera.Pass = Time.Advance;
        Camera.Waited = () => Camera.Send();
    }

    private protected FakeCameras Cameras { get; } = new();

    private protected ManualTime Time { get; } = new();

    private protected FakeCamera Camera { get; }

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (ISource source in _sources)
            source.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Cameras.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected CameraSource Source(SourceOptions? options = null, SampleWish? wish = null)
    {
        CameraSource source = new(
            options ?? Options(), wish ?? new SampleWish { Width = 224, Height = 224 }, Time, Cameras.Root, Cameras);
        _sources.Add(source);
        return source;
    }

    private protected static SourceOptions Options(string device = Stable) =>
        new() { Kind = SourceKind.Camera, Camera = new CameraOptions { Device = device } };

    private protected static async Task<Frame> ReadAsync(ISource source) =>
        Assert.IsType<Frame>(await source.ReadAsync(Cancellation));

    private protected static async Task<string> FailAsync<T>(ISource source) where T : EdgeConvError =>
        (await Assert.ThrowsAsync<T>(async () => await source.ReadAsync(Cancellation))).Message;

    /// <summary>Waits until the source waits for the clock.</summary>
    private protected async Task UntilItWaitsAsync()
    {
        while (Time.Waiting == 0)
            await Task.Delay(1, Cancellation);
    }
}
