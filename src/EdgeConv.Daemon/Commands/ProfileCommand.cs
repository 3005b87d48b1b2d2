using System.CommandLine;
using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Daemon.PowerCalibrating;
using EdgeConv.Devices.Board;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Accounting;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// <c>edgeconv profile CONFIG</c>: what each operating point takes on this machine, and which are worth
/// running.
/// </summary>
internal static class ProfileCommand
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        Argument<FileInfo> config = new("CONFIG") { Description = "Configuration file (YAML)" };
        Option<string?> pipeline = new("--pipeline") { Description = "Name of one pipeline; default: all" };
        Option<bool> json = new("--json") { Description = "One JSON array instead of tables" };
        Option<string?> plans = PlanCacheOption.Create();
        BatteryOptions battery = new();
        Command command = new(
            "profile", "Measure time and energy of every operating point on this machine, for the daemon")
        {
            config, pipeline, json, plans, battery.WattHours, battery.PerDay, battery.RestWatts,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(config).FullName, parsed.GetValue(pipeline),
            PlanCacheOption.Parse(parsed.GetValue(plans)), parsed.GetValue(json), battery.Parse(parsed)));
        return command;
    }

    /// <summary>What measures energies of runs on this board.</summary>
    public static EnergyProbe CreateProbe() => new(new Board(), TimeProvider.System, Settling, Span);

    private static int Run(string file, string? name, string? plans, bool isJson, DutyCycles? duty)
    {
        DaemonOptions options = ConfigReader.ReadFile(file);
        PipelineOptions[] wanted = [.. options.Pipelines.Where(p => name is null || p.Name == name)];
        if (wanted.Length == 0)
            throw new ConfigError(file, $"has no pipeline '{name}'");
        string? folder = plans ?? options.PlanCache ?? PlanCacheOption.OfService();
        if (folder is null)
            Console.Error.WriteLine(
                "edgeconv: nothing is kept: neither 'plan_cache' nor --plan-cache names a folder");
        EnergyProbe probe = CreateProbe();
        bool isPowerMeasured = probe.MeasureIdle();
        EnergyModel? model = EnergyModelFile.Read(folder, Console.Error.WriteLine);
        double? rest = duty?.RestWatts ?? probe.BoardIdleWatts ?? model?.RestWatts;
        if (duty is not null && rest is null)
            throw new ConfigError("--battery",
                "needs the power at rest, which nothing here measures: --rest-watts, or calibrate-power first");
        FamilyLoader loader = new(new SessionLoader(Console.Error.WriteLine, folder));
        FamilyProfiles profiles = new(
            folder is null ? null : new ProfileFolder(folder, Console.Error.WriteLine), TimeProvider.System, model);
        List<PipelineProfile> measured = [];
        foreach (PipelineOptions pipeline in wanted)
        {
            PipelineProfile profile = Measure(pipeline, loader, profiles, isPowerMeasured ? probe : null);
            measured.Add(duty is null ? profile : profile.On(duty, rest!.Value));
            if (!isJson)
                FrontierTable.Print(measured[^1], Console.Out);
        }

        if (isJson)
            Console.WriteLine(JsonSerializer.Serialize(measured, PipelineProfileJson.Default.ListPipelineProfile));
        return Root.Success;
    }

    private static PipelineProfile Measure(
        PipelineOptions options, FamilyLoader loader, FamilyProfiles profiles, EnergyProbe? probe)
    {
        NamedFiles.Require(options);
        List<FamilyMember> family = loader.Load(options);
        try
        {
            IReadOnlyList<ProfiledPoint> points = profiles.Renew(options, family, probe, out string sample);
            return PipelineProfile.Of(options.Name, sample, points, FamilyAccuracy.Of(options, family).IsKnown);
        }
        finally
        {
            family.ForEach(member => member.Dispose());
        }
    }
}
