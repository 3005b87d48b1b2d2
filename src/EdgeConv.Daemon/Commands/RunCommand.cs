using System.CommandLine;
using EdgeConv.Daemon.Hosting;
using EdgeConv.Daemon.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Commands;

/// <summary><c>edgeconv run --config FILE</c>: the daemon.</summary>
internal static class RunCommand
{
    // The unit allows 15 s; pipelines and queue are drained well before.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        Option<FileInfo> config = new("--config", "-c")
        {
            Description = "Configuration file (YAML)",
            Required = true,
        };
        Option<string?> plans = PlanCacheOption.Create();
        Command command = new("run", "Run the daemon until SIGTERM; SIGHUP reloads the configuration")
        {
            config, plans,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(config).FullName, PlanCacheOption.Parse(parsed.GetValue(plans)), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string file, string? plans, CancellationToken cancellation)
    {
        DaemonOptions options = ConfigReader.ReadFile(file);
        options = options with { PlanCache = plans ?? options.PlanCache ?? PlanCacheOption.OfService() };
        foreach (PipelineOptions pipeline in options.Pipelines)
            NamedFiles.Require(pipeline);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings());
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning)
            // A failed start is told by Root in one line, not by the host with a stack trace.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddSystemd();
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        builder.Services.AddSingleton(options);
        builder.Services.AddHostedService<DaemonService>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        using IHost host = builder.Build();
        await host.RunAsync(cancellation).ConfigureAwait(false);
        return Root.Success;
    }
}
