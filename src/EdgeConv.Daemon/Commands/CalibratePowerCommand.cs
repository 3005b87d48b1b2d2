using System.CommandLine;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.PowerCalibrating;
using EdgeConv.Devices.Board;
using EdgeConv.Pipeline.Accounting;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// <c>edgeconv calibrate-power</c>: what a busy core, a multiply-accumulate operation and a byte of memory take on this
/// board, for energies where no rail measures them.
/// </summary>
internal static class CalibratePowerCommand
{
    private const int LongestSpan = 600;

    public static Command Create()
    {
        Option<FileInfo?> config = new("--config") { Description = "Configuration whose plan_cache keeps the result" };
        Option<string?> plans = PlanCacheOption.Create();
        Option<bool> meter = new("--meter")
        {
            Description = "Ask for readings of a USB meter instead of reading a rail",
        };
        Option<int> seconds = new("--seconds")
        {
            Description = "Time for which a rail is read under each load (default 10)",
            DefaultValueFactory = _ => 10,
        };
        Command command = new(
            "calibrate-power",
            "Measure what loads take on this board, by its power rail or a meter that you read; stop the daemon first")
        {
            config, plans, meter, seconds,
        };
        command.SetAction(parsed => Run(
            FolderOf(parsed.GetValue(config), parsed.GetValue(plans)), parsed.GetValue(meter),
            parsed.GetValue(seconds)));
        return command;
    }

    private static int Run(string folder, bool isMeter, int seconds)
    {
        if (seconds is < 1 or > LongestSpan)
            throw new ConfigError($"--seconds {seconds}", $"1..{LongestSpan} would be right");
        Board board = new();
        IPowerReader reader = isMeter
            ? new MeterReader(Console.In, Console.Out)
            : new RailReader(board, TimeProvider.System, TimeSpan.FromSeconds(seconds));
        EnergyModelFile.RequireWritable(folder);
        List<double> volts = [];
        List<LoadPower> loads = PowerLoads.Measure(Environment.ProcessorCount, reader, (name, load) =>
        {
            Print(name, load);
            // The load still runs.
            if (load.Cores > 0 && board.Read().CoreVolts is { } now)
                volts.Add(now);
        });
        EnergyModel model = PowerCalibration.Fit(loads, volts.Count == 0 ? null : volts.Average());
        Print(model);
        new EnergyModelFile
        {
            Machine = EnergyModelFile.ThisMachine,
            Source = reader.Source,
            MeasuredAt = TimeProvider.System.GetUtcNow(),
            Model = model,
        }.Write(folder);
        Console.WriteLine($"kept in {EnergyModelFile.PathIn(folder)}; the daemon uses it from its next start");
        return Root.Success;
    }

    private static string FolderOf(FileInfo? config, string? plans) => PlanCacheOption.Parse(plans)
        ?? (config is null ? null : ConfigReader.ReadFile(config.FullName).PlanCache)
        ?? PlanCacheOption.OfService()
        ?? throw new ConfigError(
            "--plan-cache", "names no folder to keep the result in; nor does a plan_cache of --config");

    private static void Print(string name, LoadPower load) => Console.WriteLine(Invariant(
        $"{name,-18} {load.Cores,5:0.00} cores {load.MacsPerSecond / 1e9,7:0.00} GMAC/s ") + Invariant(
        $"{load.BytesPerSecond / 1e9,6:0.00} GB/s {load.Watts,8:0.000} ± {load.Error:0.000} W"));

    private static void Print(EnergyModel model)
    {
        double core = Math.Sqrt(model.Covariance[0]);
        double mac = Math.Sqrt(model.Covariance[4]);
        double traffic = Math.Sqrt(model.Covariance[8]);
        Console.WriteLine(Invariant($"rest       {model.RestWatts:0.000} W"));
        Console.WriteLine(Invariant($"busy core  {model.CoreWatts:0.000} ± {core:0.000} W"));
        Console.WriteLine(Invariant($"MAC        {model.JoulesPerMac * 1e12:0.00} ± {mac * 1e12:0.00} pJ"));
        Console.WriteLine(Invariant($"byte       {model.JoulesPerByte * 1e12:0.0} ± {traffic * 1e12:0.0} pJ"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
