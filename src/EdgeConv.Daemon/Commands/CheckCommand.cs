using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Hosting;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.PowerCalibrating;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Devices;
using EdgeConv.Devices.Board;
using EdgeConv.Mqtt;
using EdgeConv.Mqtt.Inlets;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Commands;

/// <summary><c>edgeconv check FILE</c>: everything that <c>run</c> would open is opened once.</summary>
internal static class CheckCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        Argument<FileInfo> file = new("FILE") { Description = "Configuration file (YAML)" };
        Command command = new(
            "check", "Validate a configuration, and that its models, fingerprints and sources open")
        {
            file,
        };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(file).FullName));
        return command;
    }

    private static async Task<int> RunAsync(string file)
    {
        List<EdgeConvError> problems = [];
        DaemonOptions options = ConfigReader.ReadFile(file, problems);
        Board sensors = new();
        using BoardMonitor board = new(sensors, TimeProvider.System);
        PipelineBuilder builder = new(
            new SessionLoader(Console.WriteLine), new NoSink(), board,
            new FamilyProfiles(null, TimeProvider.System), TimeProvider.System);
        foreach (PipelineOptions pipeline in options.Pipelines)
            Check(pipeline, options.Mqtt, builder, problems);
        EnergyModel? energy = EnergyModelFile.Read(options.PlanCache, Console.Error.WriteLine);
        if (await PowerBudget.ProblemAsync(options, sensors, energy).ConfigureAwait(false) is { } unheld)
            problems.Add(unheld);
        // Reading a sample and looking at the source may find the same.
        foreach (string problem in problems.Select(problem => problem.Message).Distinct())
            Console.Error.WriteLine($"edgeconv: {problem}");
        if (problems.Count != 0)
            return Root.Failure;
        Console.WriteLine($"{file}: {options.Pipelines.Count} pipelines, {options.Mqtt}: all is well");
        return Root.Success;
    }

    private static void Check(
        PipelineOptions pipeline, MqttOptions mqtt, PipelineBuilder builder, List<EdgeConvError> problems)
    {
        List<FamilyMember> family = [];
        SampleWish wish = default;
        try
        {
            NamedFiles.Require(pipeline);
            family = builder.LoadFamily(pipeline);
            wish = SampleWishes.Of(family, pipeline.Preprocess);
            ReadOneSample(pipeline, wish);
        }
        catch (EdgeConvError problem)
        {
            problems.Add(problem);
        }

        try
        {
            if (pipeline.Inlet is { } inlet)
                CheckInlet(pipeline.Place, inlet, mqtt);
            else
                SourceFactory.Check(pipeline.Source, wish);
        }
        catch (EdgeConvError problem)
        {
            problems.Add(problem);
        }

        family.ForEach(member => member.Dispose());
    }

    // The daemon's own broker is there when the daemon is.
    private static void CheckInlet(string place, InletOptions options, MqttOptions mqtt)
    {
        if (options.Broker is null && mqtt.Host is null)
        {
            if (options.Group is not null)
                throw new ConfigError($"{place}.source.group", "the embedded broker shares nothing; name a 'host' that does");
            return;
        }

        using CancellationTokenSource patience = new(Patience);
        new MqttInlet(options, () => mqtt, TimeProvider.System).CheckAsync(patience.Token).GetAwaiter().GetResult();
    }

    // Standard input and pipes are left alone: what they hold is for the daemon. Sensors may take long for a window.
    private static void ReadOneSample(PipelineOptions pipeline, SampleWish wish)
    {
        SourceOptions options = pipeline.Source;
        if (pipeline.Inlet is { } inlet)
        {
            // Makes it without reading: a message that was taken would be missing elsewhere.
            _ = SourceFactory.Create(options, wish, new MqttInlet(inlet, () => new MqttOptions(), TimeProvider.System));
            return;
        }

        ISource source = SourceFactory.Create(
            options with { RealTime = false, Loop = false, Trigger = null }, wish, TimeProvider.System);
        bool isReadable = options.Kind is SourceKind.Images or SourceKind.Camera or SourceKind.Video
            || BoundedFile.WhyNoFile(options.Path) is null;
        if (options.Kind == SourceKind.Stdin || !isReadable)
            return;
        using CancellationTokenSource patience = new(Patience);
        using Sample? sample = source.ReadAsync(patience.Token).AsTask().GetAwaiter().GetResult();
        source.DisposeAsync().AsTask().GetAwaiter().GetResult();
        if (sample is null)
            throw new DataError(options.Path, $"ends before one whole window of {wish.WindowLength} samples");
    }
}
