using EdgeConv.Core;

namespace EdgeConv.Pipeline.Tests;

/// <summary>A session that runs a function of the test over tensors of the test's shapes.</summary>
internal sealed class FakeSession : ISession
{
    private readonly Tensor[] _inputs;
    private readonly Tensor[] _outputs;
    private readonly Action<FakeSession> _run;

    public FakeSession(Shape input, Shape[] outputs, Action<FakeSession>? run = null)
    {
        _run = run ?? (_ => { });
        Inputs = [new TensorInfo("input", DataType.Float32, input)];
        Outputs = [.. outputs.Select((shape, i) => new TensorInfo($"out{i}", DataType.Float32, shape))];
        _inputs = [new Tensor(DataType.Float32, input)];
        _outputs = [.. outputs.Select(shape => new Tensor(DataType.Float32, shape))];
    }

    public ModelIdentity Model { get; init; } = new("fake", "fake.onnx", new string('0', 64));

    public string Backend => "fake";

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    public IReadOnlyList<TapInfo> Taps => [];

    public long MultiplyAdds { get; init; }

    public int Runs { get; private set; }

    public Tensor GetInput(int index) => _inputs[index];

    public Tensor GetOutput(int index) => _outputs[index];

    public ReadOnlySpan<float> GetTap(int index) => [];

    public void Run()
    {
        Runs++;
        _run(this);
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _inputs.Concat(_outputs))
            tensor.Dispose();
    }
}

/// <summary>Keeps what it is given.</summary>
internal sealed class RecordingSink : ISink
{
    private readonly List<Result> _results = [];
    private readonly List<Health> _health = [];

    public IReadOnlyList<Result> Results
    {
        get
        {
            lock (_results)
                return [.. _results];
        }
    }

    public IReadOnlyList<Health> Health
    {
        get
        {
            lock (_health)
                return [.. _health];
        }
    }

    public void Publish(Result result)
    {
        lock (_results)
            _results.Add(result);
    }

    public void Publish(Health health)
    {
        lock (_health)
            _health.Add(health);
    }
}

/// <summary>A board that says what the test wants.</summary>
internal sealed class FakeBoard : IBoard
{
    public BoardReading Reading { get; set; }

    public BoardReading Read() => Reading;
}

/// <summary>Hands out what the test queued: samples, or errors to throw; then ends.</summary>
internal sealed class ScriptedSource(bool isLive, params object[] script) : ISource
{
    private int _next;

    public string Name => "scripted";

    public bool IsLive => isLive;

    public ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        if (_next == script.Length)
            return ValueTask.FromResult<Sample?>(null);
        object item = script[_next++];
        return item is Exception error ? throw error : ValueTask.FromResult<Sample?>((Sample)item);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal static class Samples
{
    public static Frame Frame(int width, int height, byte[] pixels, PixelFormat format = PixelFormat.Rgb24) => new()
    {
        Timestamp = DateTimeOffset.UnixEpoch,
        CapturedAt = TimeProvider.System.GetTimestamp(),
        Sequence = 0,
        Origin = "test",
        Width = width,
        Height = height,
        Stride = width * PixelFormats.BytesPerPixel(format),
        Format = format,
        Pixels = pixels,
    };

    public static Window Window(float[] values, int channels, string origin = "test", Action<Sample>? release = null) =>
        new(release)
        {
            Timestamp = DateTimeOffset.UnixEpoch,
            CapturedAt = TimeProvider.System.GetTimestamp(),
            Sequence = 0,
            Origin = origin,
            Length = values.Length / channels,
            Channels = channels,
            RateHertz = 100,
            Values = values,
        };
}
