using System.CommandLine;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Demo;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Devices.Board;
using EdgeConv.Mqtt;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// <c>edgeconv demo</c>: three pipelines on real data, an MQTT broker on loopback, and a subscriber that
/// prints what it receives.
/// </summary>
internal static class DemoCommand
{
    private static readonly TimeSpan ArrivalPatience = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        Option<double> seconds = new("--seconds")
        {
            Description = "How long it runs",
            DefaultValueFactory = _ => 20,
        };
        Option<DirectoryInfo> data = new("--data")
        {
            Description = "Folder of the restored pictures and recordings",
            DefaultValueFactory = _ => new DirectoryInfo(DemoFolders.Data),
        };
        Option<DirectoryInfo> models = new("--models")
        {
            Description = "Folder of the models that come with EdgeConv",
            DefaultValueFactory = _ => new DirectoryInfo(DemoFolders.Models),
        };
        Command command = new("demo", "Three pipelines on real data, published over MQTT and received again")
        {
            seconds, data, models,
        };
        command.SetAction((parsed, _) => RunAsync(
            new DemoFolders(parsed.GetRequiredValue(data).FullName, parsed.GetRequiredValue(models).FullName),
            parsed.GetValue(seconds)));
        return command;
    }

    private static async Task<int> RunAsync(DemoFolders folders, double seconds)
    {
        if (!(seconds is > 0 and <= 86_400))
            return Root.Fail(
                string.Create(CultureInfo.InvariantCulture, $"--seconds {seconds}: must lie in 0..86400"));
        if (!Directory.Exists(folders.ModelsFolder))
        {
            return Root.Fail($"--models {folders.ModelsFolder}: no such folder; " +
                "name the one of the models that come with EdgeConv");
        }

        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(seconds));
        using Interruption interruption = new(stop);
        DemoPrinter printer = new(Console.Out);

        EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = 0 }).ConfigureAwait(false);
        await using (broker.ConfigureAwait(false))
        {
            MqttOptions reach = broker.Reach(
                new MqttOptions { Base = "edgeconv/demo", ClientId = "edgeconv-demo" });
            Console.WriteLine(
                $"broker on {reach.Host}:{reach.EffectivePort}, "
                + $"subscribed to {reach.Base}/+/result and {reach.Base}/+/governor");
            DemoSubscriber subscriber =
                await DemoSubscriber.ConnectAsync(reach, printer).ConfigureAwait(false);
            await using (subscriber.ConfigureAwait(false))
            {
                long published = await PublishAsync(folders, reach, printer, stop.Token)
                    .ConfigureAwait(false);
                await printer.WaitForAsync(published, ArrivalPatience).ConfigureAwait(false);
            }
        }

        printer.PrintSummary();
        return printer.Count != 0 ? Root.Success : Root.Fail("demo: nothing was received");
    }

    private static async Task<long> PublishAsync(
        DemoFolders folders, MqttOptions reach, DemoPrinter printer, CancellationToken stop)
    {
        MqttSink sink = MqttSink.Start(
            reach, status => { if (status.IsProblem) Console.Error.WriteLine(status.Message); }, TimeProvider.System);
        using BoardMonitor board = new(new Board(), TimeProvider.System);
        SessionLoader loader = new(Console.Error.WriteLine);
        PipelineBuilder builder = new(
            loader, sink, board, new FamilyProfiles(null, TimeProvider.System), TimeProvider.System);
        List<RunnablePipeline> pipelines = new DemoPipelines(folders, builder, TimeProvider.System).Build(
            missing => Console.WriteLine($"left out: {missing}"));
        if (pipelines.Count == 0)
        {
            await sink.DisposeAsync().ConfigureAwait(false);
            throw new ConfigError("demo", "nothing to show, for the reasons above");
        }

        Console.WriteLine();
        printer.PrintHeader();
        pipelines.ForEach(pipeline => pipeline.Start());
        await Task.WhenAny(
            Task.Delay(Timeout.Infinite, stop), Task.WhenAll(pipelines.Select(p => p.Completion)))
            .ConfigureAwait(false);
        foreach (RunnablePipeline broken in pipelines.Where(p => p.Completion.IsFaulted))
            Console.Error.WriteLine(
                $"{broken.Name}: {broken.Completion.Exception!.GetBaseException().Message}");
        await Task.WhenAll(pipelines.Select(p => p.DisposeAsync().AsTask())).ConfigureAwait(false);
        await sink.DisposeAsync().ConfigureAwait(false);
        return sink.Counters.Published;
    }
}
