using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Options;
using static System.FormattableString;

namespace EdgeConv.Daemon.Commands;

/// <summary><c>edgeconv bench MODEL…</c>: time of one inference, beside ONNX Runtime if wanted.</summary>
internal sealed class BenchCommand
{
    private readonly Argument<string[]> _models =
        new("MODEL") { Description = "ONNX files", Arity = ArgumentArity.OneOrMore };

    private readonly Option<double> _seconds = new("--seconds")
    {
        Description = "Least time on each model and backend; thrice that until the median is stable",
        DefaultValueFactory = _ => 3,
    };

    private readonly Option<string?> _rival =
        new("--vs") { Description = "Also run this backend, in blocks that take turns: onnxruntime" };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads of each backend",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string> _backend = BackendOption.Create();
    private readonly Option<string[]> _shapes = ShapeOption.Create();

    private readonly Option<bool> _cold =
        new("--cold") { Description = "Also time process start to first result, in fresh processes" };

    private readonly Option<string?> _plans = PlanCacheOption.Create();

    private readonly Option<bool> _profile =
        new("--profile") { Description = "Also time each step of our engine's plan" };

    private readonly Option<bool> _json =
        new("--json") { Description = "One JSON object a model, a line each, and one with the mean" };

    public static Command Create()
    {
        BenchCommand options = new();
        options._rival.AcceptOnlyFromAmong("onnxruntime");
        Command command = new("bench", "Time inferences, each backend in a process of its own")
        {
            options._models, options._seconds, options._rival, options._threads, options._backend,
            options._shapes, options._plans, options._cold, options._profile, options._json,
        };
        command.SetAction(options.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        BenchRequest request = Read(parsed);
        string[] models = parsed.GetRequiredValue(_models);
        int longest = models.Max(model => Path.GetFileNameWithoutExtension(model).Length);
        IBenchReport report = parsed.GetValue(_json)
            ? new BenchJsonReport(Console.Out)
            : new BenchTable(Console.Out, request, longest);
        ModelBench bench = new(request, Console.Error.WriteLine);
        int status = Root.Success;
        foreach (string model in models)
        {
            try
            {
                report.Add(bench.Measure(model));
            }
            catch (Exception problem) when (problem is EdgeConvError or WorkerRefusal)
            {
                status = Root.Fail(problem.Message);
            }
        }

        report.End();
        return bench.HasLostRival ? Root.Failure : status;
    }

    /// <exception cref="ConfigError">An option is out of range.</exception>
    private BenchRequest Read(ParseResult parsed)
    {
        int threads = parsed.GetValue(_threads);
        Processors.Require(Invariant($"--threads {threads}"), threads);
        double seconds = parsed.GetValue(_seconds);
        if (!(seconds is > 0 and <= 3600))
            throw new ConfigError(Invariant($"--seconds {seconds}"), "must lie in 0..3600");
        bool withRival = parsed.GetValue(_rival) is not null;
        Backend backend = BackendOption.Parse(parsed.GetValue(_backend));
        if (withRival && backend == Backend.OnnxRuntime)
        {
            throw new ConfigError(
                "--vs onnxruntime", "needs another backend than onnxruntime to compare with");
        }

        // A model that only the rival runs would be compared with itself.
        backend = withRival ? Backend.EdgeConv : backend;
        return new BenchRequest
        {
            Order = new WorkerOrder(backend, threads, "", ShapeOption.Parse(parsed.GetValue(_shapes)))
            {
                PlanFolder = PlanCacheOption.Parse(parsed.GetValue(_plans)),
            },
            WithRival = withRival,
            Least = TimeSpan.FromSeconds(seconds),
            WithColdStart = parsed.GetValue(_cold),
            WithProfile = parsed.GetValue(_profile),
        };
    }
}
