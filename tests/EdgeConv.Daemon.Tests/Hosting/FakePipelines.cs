using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Hosting;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeConv.Daemon.Tests.Hosting;

/// <summary>
/// A set of pipelines around a session of the test, with model files that hold any bytes; keeps what it builds.
/// </summary>
internal sealed class FakePipelines : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgeconv-set-");
    private readonly BoardMonitor _board = new(new FakeBoard(), TimeProvider.System);

    public FakePipelines() => Set = new PipelineSet(Build, NullLogger.Instance, Time);

    public ManualTime Time { get; } = new();

    public RecordingSink Sink { get; } = new();

    public PipelineSet Set { get; }

    /// <summary>Every pipeline that was built, in order, with its source.</summary>
    public List<(PipelineOptions Options, RunnablePipeline Pipeline, ISource Source)> Built { get; } = [];

    /// <summary>The loops of those pipelines.</summary>
    public List<Pipeline.Pipeline> Loops { get; } = [];

    /// <summary>Makes a pipeline's source.</summary>
    public Func<PipelineOptions, ISource> Source { get; set; } = _ => new CountingSource(isLive: false) { Count = 0 };

    /// <summary>What a session does with each window.</summary>
    public Action<FakeSession> Run { get; set; } = _ => { };

    /// <summary>Thrown instead of building.</summary>
    public EdgeConvError? BuildError { get; set; }

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public PipelineOptions Options(string name, string model = "a.onnx", SourceOptions? source = null)
    {
        if (!File.Exists(PathOf(model)))
            File.WriteAllText(PathOf(model), model);
        return new PipelineOptions
        {
            Name = name,
            Place = "test.yaml:1: pipelines[0]",
            Source = source ?? new SourceOptions { Kind = SourceKind.Stdin },
            Models = [new MemberOptions(PathOf(model), null)],
        };
    }

    /// <summary>Applies a configuration as a reload does.</summary>
    public async Task<int> ApplyAsync(params PipelineOptions[] options) =>
        await Set.AdoptAsync(await Set.PrepareAsync(options));

    /// <summary>Waits until a pipeline's run has ended, whatever its end.</summary>
    public async Task WaitForEndAsync(int built) => await Built[built].Pipeline.Completion
        .WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public async ValueTask DisposeAsync()
    {
        await Set.DisposeAsync();
        _board.Dispose();
        _folder.Delete(recursive: true);
    }

    private RunnablePipeline Build(PipelineOptions options)
    {
        if (BuildError is not null)
            throw BuildError;
        FakeSession session = new(new Shape(1, 1, 4), [new Shape(1, 2)], s => Run(s));
        ISource source = Source(options);
        Pipeline.Pipeline loop = new(new PipelineParts
        {
            Name = options.Name,
            Source = source,
            Family = [new FamilyMember(session, null, new PreprocessOptions(), new DecodeOptions(), 1)],
            Profiles = [new PointProfile(0, "fake", 1, 1, TimeSpan.FromMilliseconds(1), 1e-3)],
            Sink = Sink,
            Board = _board,
            Budget = new BudgetOptions(),
            Time = Time,
        });
        Loops.Add(loop);
        RunnablePipeline pipeline = new(loop, source);
        Built.Add((options, pipeline, source));
        return pipeline;
    }
}
