using System.CommandLine;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Inspection;

namespace EdgeConv.Daemon.Commands;

/// <summary><c>edgeconv bench MODEL…</c>: time of one inference, beside ONNX Runtime if wanted.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        Argument<string[]> models = new("MODEL") { Description = "ONNX files", Arity = ArgumentArity.OneOrMore };
        Option<double> seconds = new("--seconds")
        {
            Description = "Time spent on each model and backend",
            DefaultValueFactory = _ => 3,
        };
        Option<string?> rival = new("--vs") { Description = "Also run this backend, in alternating blocks: onnxruntime" };
        rival.AcceptOnlyFromAmong("onnxruntime");
        Option<int> threads = new("--threads") { DefaultValueFactory = _ => 1 };
        Option<string> backend = BackendOption.Create();
        Option<bool> profile = new("--profile") { Description = "Also time each step of our engine's plan" };
        Command command =
            new("bench", "Time inferences") { models, seconds, rival, threads, backend, profile };
        command.SetAction(parsed =>
        {
            int wanted = parsed.GetValue(threads);
            double time = parsed.GetValue(seconds);
            if (wanted is < 1 or > 256)
                return Root.Fail(Invariant($"--threads {wanted}: must lie in 1..256"));
            if (!(time is > 0 and <= 3600))
                return Root.Fail(Invariant($"--seconds {time}: must lie in 0..3600"));
            bool withRival = parsed.GetValue(rival) is not null;
            Backend first = BackendOption.Parse(parsed.GetValue(backend));
            if (withRival && first == Backend.OnnxRuntime)
                return Root.Fail("--vs onnxruntime: needs another backend than onnxruntime to compare with");
            // A model that only the rival runs would be compared with itself.
            first = withRival ? Backend.EdgeConv : first;
            string[] files = parsed.GetRequiredValue(models);
            int status = Run(files, first, withRival, TimeSpan.FromSeconds(time), wanted);
            if (status == Root.Success && parsed.GetValue(profile))
                Profile(files, TimeSpan.FromSeconds(time), wanted);
            return status;
        });
        return command;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Profile(string[] models, TimeSpan time, int threads)
    {
        foreach (string model in models)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine(model);
            SessionOptions options = new() { Threads = threads };
            ProfileTable.Print(
                StepProfiler.Measure(model, options, time, AlternatingTimer.FillInputs), Console.Out);
        }
    }

    private static int Run(string[] models, Backend backend, bool withRival, TimeSpan time, int threads)
    {
        SessionLoader loader = new(Console.Error.WriteLine);
        int longest = models.Max(model => Path.GetFileNameWithoutExtension(model).Length);
        BenchTable table = new(Console.Out, withRival, longest);
        SessionOptions options = new() { Threads = threads };
        foreach (string model in models)
        {
            using ISession first = loader.FactoryOf(backend, model).Load(model, options);
            using ISession? theirs = withRival ? loader.FactoryOf(Backend.OnnxRuntime, model).Load(model, options) : null;
            ISession[] rivals = theirs is null ? [first] : [first, theirs];
            table.Print(first, AlternatingTimer.Measure(rivals, time));
        }

        table.PrintFooter();
        return Root.Success;
    }
}
