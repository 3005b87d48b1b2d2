using System.CommandLine;
using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Daemon.PowerCalibrating;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Daemon.Scaling;
using EdgeConv.Engine.Scaling;
using EdgeConv.Pipeline.Accounting;
using static System.FormattableString;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// <c>edgeconv scale MODEL</c>: what a network would take here were it deeper, wider and larger, or smaller.
/// </summary>
internal sealed class ScaleCommand
{
    // Multiply-adds should about double with each step (Tan and Le, equation 3).
    private const double LeastGrowth = 1.8;
    private const double MostGrowth = 2.2;
    private const double GreatestConstant = 4;

    private readonly Argument<string> _model = new("MODEL") { Description = "ONNX file, the network at φ = 0" };

    private readonly Option<string[]> _phi = new("--phi")
    {
        Description = "Compound coefficients: -1 0.5 2, or -2..3",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => ["-2..3"],
    };

    private readonly Option<double> _alpha = ConstantOption("--alpha", "Depth grows by it", e => e.Alpha);
    private readonly Option<double> _beta = ConstantOption("--beta", "Width grows by it", e => e.Beta);
    private readonly Option<double> _gamma = ConstantOption("--gamma", "Resolution grows by it", e => e.Gamma);

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads of each network",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<double?> _budget =
        new("--budget-ms") { Description = "Tell the greatest φ whose time is within so many ms" };

    private readonly Option<string?> _out =
        new("--out") { Description = "Also leave the networks, which are not trained, in this folder" };

    private readonly Option<string?> _plans = PlanCacheOption.Create();
    private readonly Option<string[]> _shapes = ShapeOption.Create();
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object instead of a table" };

    public static Command Create()
    {
        ScaleCommand options = new();
        Command command = new("scale", "Tell what a network would take here at other compound scales φ")
        {
            options._model, options._phi, options._alpha, options._beta, options._gamma, options._threads,
            options._budget, options._out, options._plans, options._shapes, options._json,
        };
        command.SetAction(options.Run);
        return command;
    }

    private static Option<double> ConstantOption(
        string name, string description, Func<ScalingConstants, double> standard) => new(name)
    {
        Description = $"{description} with each step of φ",
        DefaultValueFactory = _ => standard(ScalingConstants.EfficientNet),
    };

    private int Run(ParseResult parsed)
    {
        IReadOnlyList<double> scales = PhiArgument.Parse(parsed.GetValue(_phi)!);
        ScalingConstants constants = new(Constant(parsed, _alpha), Constant(parsed, _beta), Constant(parsed, _gamma));
        int threads = parsed.GetValue(_threads);
        Processors.Require(Invariant($"--threads {threads}"), threads);
        double? budget = parsed.GetValue(_budget);
        if (budget is not (null or (> 0 and < double.PositiveInfinity)))
            throw new ConfigError(Invariant($"--budget-ms {budget}"), "must be above 0");
        SessionOptions options = new() { InputShapes = ShapeOption.Parse(parsed.GetValue(_shapes)) };
        using BaseNetwork network = BaseNetwork.Read(parsed.GetRequiredValue(_model), options);
        double growth = constants.At(1).Growth(network.Extents.Count);
        if (constants != ScalingConstants.EfficientNet && growth is < LeastGrowth or > MostGrowth)
        {
            Console.Error.WriteLine(
                Invariant($"edgeconv: multiply-adds grow {growth:0.00}^φ by these constants, not about 2^φ"));
        }

        string? folder = parsed.GetValue(_out);
        if (folder is not null)
            Directory.CreateDirectory(folder);
        ScaleReport report = new()
        {
            Model = network.Model.Name,
            Blocks = network.Blocks,
            Stages = network.Stages,
            Constants = constants,
            Growth = growth,
            Threads = threads,
            BudgetMs = budget,
            Points = new ScaleMeter(network, constants, threads, Energy(parsed), folder).Measure(scales),
        };
        if (parsed.GetValue(_json))
            Console.WriteLine(JsonSerializer.Serialize(report, ScaleReportJson.Default.ScaleReport));
        else
            ScaleTable.Print(report, Console.Out);
        return Root.Success;
    }

    private static double Constant(ParseResult parsed, Option<double> option)
    {
        double value = parsed.GetValue(option);
        return value is >= 1 and <= GreatestConstant
            ? value
            : throw new ConfigError(
                Invariant($"{option.Name} {value}"), Invariant($"must lie in 1..{GreatestConstant}"));
    }

    private SessionEnergy Energy(ParseResult parsed)
    {
        EnergyProbe probe = ProfileCommand.CreateProbe();
        string? folder = PlanCacheOption.Parse(parsed.GetValue(_plans)) ?? PlanCacheOption.OfService();
        EnergyModel model = EnergyModelFile.Read(folder, Console.Error.WriteLine) ?? EnergyModel.Uncalibrated;
        return new SessionEnergy(probe.MeasureIdle() ? probe : null, model);
    }
}
