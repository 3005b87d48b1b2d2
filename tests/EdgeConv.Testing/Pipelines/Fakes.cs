using EdgeConv.Core;

namespace EdgeConv.Testing.Pipelines;

/// <summary>A session that runs a function of the test over tensors of the test's shapes.</summary>
public sealed class FakeSession : ISession
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

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public string Backend => "fake";

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    public IReadOnlyList<TapInfo> Taps { get; init; } = [];

    /// <summary>What every tap holds.</summary>
    public float[] Statistics { get; init; } = [];

    public IReadOnlyList<MapInfo> Maps { get; init; } = [];

    /// <summary>What every map holds.</summary>
    public float[] Activations { get; set; } = [];

    public long MultiplyAdds { get; init; }

    public int Runs { get; private set; }

    public Tensor GetInput(int index) => _inputs[index];

    public Tensor GetOutput(int index) => _outputs[index];

    public ReadOnlySpan<float> GetTap(int index) => Statistics;

    public ReadOnlySpan<float> GetMap(int index) => Activations;

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
public sealed class RecordingSink : ISink
{
    private readonly Lock _lock = new();
    private readonly List<Finding> _findings = [];
    private readonly List<Health> _health = [];
    private readonly List<Snapshot> _snapshots = [];
    private readonly List<(Func<bool> Holds, TaskCompletionSource Reached)> _waiting = [];
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What <see cref="WaitForRoomAsync"/> returns.</summary>
    public Task Room { get; init; } = Task.CompletedTask;

    /// <summary>Ends when somebody has asked for room.</summary>
    public Task Asked => _asked.Task;

    public IReadOnlyList<Finding> Findings
    {
        get
        {
            lock (_lock)
                return [.. _findings];
        }
    }

    public IReadOnlyList<Result> Results => [.. Findings.OfType<Result>()];

    public IReadOnlyList<Health> Health
    {
        get
        {
            lock (_lock)
                return [.. _health];
        }
    }

    public void Publish(Finding finding)
    {
        lock (_lock)
        {
            _findings.Add(finding);
            Tell();
        }
    }

    public void Publish(Health health)
    {
        lock (_lock)
        {
            _health.Add(health);
            Tell();
        }
    }

    public IReadOnlyList<Snapshot> Snapshots
    {
        get
        {
            lock (_lock)
                return [.. _snapshots];
        }
    }

    public void Publish(Snapshot snapshot)
    {
        lock (_lock)
        {
            _snapshots.Add(snapshot);
            Tell();
        }
    }

    public Task WaitForRoomAsync()
    {
        _asked.TrySetResult();
        return Room;
    }

    /// <summary>Waits until what has been published is what the test waits for.</summary>
    public Task WaitAsync(Func<RecordingSink, bool> holds)
    {
        lock (_lock)
        {
            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((() => holds(this), reached));
            Tell();
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private void Tell()
    {
        foreach ((Func<bool> holds, TaskCompletionSource reached) in _waiting)
        {
            if (holds())
                reached.TrySetResult();
        }
    }
}

/// <summary>A board that says what the test wants.</summary>
public sealed class FakeBoard : IBoard
{
    public BoardReading Reading { get; set; }

    public BoardReading Read() => Reading;
}

/// <summary>Hands out what the test queued: samples, or errors to throw; then ends.</summary>
public sealed class ScriptedSource(bool isLive, params object[] script) : ISource
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

public static class Samples
{
    public static Frame Frame(int width, int height, byte[] pixels, PixelFormat format = PixelFormat.Rgb24) => new()
    {
        Timestamp = DateTimeOffset.UnixEpoch,
        CapturedAt = TimeProvider.System.GetTimestamp(),
        Sequence = 0,
        Origin = "test",
        Width = width,
        Height = height,
        Stride = PixelFormats.RowBytes(format, width),
        Format = format,
        Pixels = pixels,
    };

    public static Window Window(
        float[] values, int channels, string origin = "test", Action<Sample>? release = null, TimeProvider? time = null) =>
        new(release)
        {
            Timestamp = DateTimeOffset.UnixEpoch,
            CapturedAt = (time ?? TimeProvider.System).GetTimestamp(),
            Sequence = 0,
            Origin = origin,
            Length = values.Length / channels,
            Channels = channels,
            RateHertz = 100,
            Values = values,
        };
}
