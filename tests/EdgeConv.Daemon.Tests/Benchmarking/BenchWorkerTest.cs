using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Options;
using Xunit;

namespace EdgeConv.Daemon.Tests.Benchmarking;

public sealed class BenchWorkerTest
{
    [Fact]
    public void A_number_of_runs_is_run_exactly()
    {
        (CountingSession session, int status, string[] answers) = Serve("runs 3\nruns 5\n");
        Assert.Equal((0, 8), (status, session.Runs));
        Assert.Equal([3, 5], answers.Select(answer => Times(answer).Nanoseconds.Count));
    }

    [Fact]
    public void A_block_is_timed_behind_runs_that_warm_up()
    {
        (CountingSession session, int status, string[] answers) = Serve("time 0\n");
        WorkerLine.Times times = Times(Assert.Single(answers));
        Assert.Equal(0, status);
        Assert.Single(times.Nanoseconds);
        Assert.True(session.Runs > 1);
        Assert.InRange(times.ResidentBytes, 1, times.PeakBytes);
    }

    [Fact]
    public void What_a_run_allocates_is_counted()
    {
        (_, _, string[] answers) = Serve("runs 1\nruns 100\n", garbage: 1000);
        // Other tests allocate in the same process meanwhile.
        Assert.InRange(Times(answers[1]).AllocatedBytes, 100_000, long.MaxValue);
    }

    [Fact]
    public void Without_a_request_nothing_is_run() => Assert.Equal((0, 0), (Serve("").Status, Serve("").Session.Runs));

    [Theory]
    [InlineData("time")]
    [InlineData("time x")]
    [InlineData("time -1")]
    [InlineData("time NaN")]
    [InlineData("walk 3")]
    [InlineData("runs 3 4")]
    public void What_is_no_request_ends_it(string line)
    {
        (CountingSession session, int status, string[] answers) = Serve($"{line}\nruns 3\n");
        Assert.Equal((1, 0), (status, session.Runs));
        Assert.Empty(answers);
    }

    [Fact]
    public void An_order_is_read_from_the_words_it_makes()
    {
        WorkerOrder order = new(Backend.OnnxRuntime, 2, "a b.onnx", new Dictionary<string, Shape>
        {
            ["x=y"] = new Shape(1, 3, 224, 224),
            ["z"] = new Shape(7),
        });
        string[] words = [.. order.Arguments];
        Assert.Equal(["OnnxRuntime", "2", "a b.onnx", "x=y=1x3x224x224", "z=7"], words);
        WorkerOrder read = WorkerOrder.Parse(words)!;
        Assert.Equal(order.Shapes, read.Shapes);
        Assert.Equal(order with { Shapes = read.Shapes }, read);
    }

    [Theory]
    [InlineData("EdgeConv 1")]
    [InlineData("Tflite 1 m")]
    [InlineData("EdgeConv one m")]
    public void Other_words_are_no_order(string words) => Assert.Null(WorkerOrder.Parse(words.Split(' ')));

    private static WorkerLine.Times Times(string line) => Assert.IsType<WorkerLine.Times>(WorkerLine.Parse(line));

    private static (CountingSession Session, int Status, string[] Answers) Serve(string requests, int garbage = 0)
    {
        using CountingSession session = new(garbage);
        using StringWriter answers = new();
        int status = new BenchWorker(session, new StringReader(requests), answers).Serve();
        return (session, status, answers.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private sealed class CountingSession(int garbage) : ISession
    {
        private byte[]? _last;

        public int Runs { get; private set; }

        public ModelIdentity Model { get; } = new("m", "m.onnx", "");

        public string Backend => "edgeconv";

        public IReadOnlyList<TensorInfo> Inputs => [];

        public IReadOnlyList<TensorInfo> Outputs => [];

        public IReadOnlyList<TapInfo> Taps => [];

        public long MultiplyAdds => 0;

        public Tensor GetInput(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public Tensor GetOutput(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public ReadOnlySpan<float> GetTap(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public void Run()
        {
            Runs++;
            _last = garbage == 0 ? _last : new byte[garbage];
        }

        public void Dispose() => _last = null;
    }
}
