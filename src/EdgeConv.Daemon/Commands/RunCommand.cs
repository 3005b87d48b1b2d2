using System.CommandLine;
using EdgeConv.Daemon.Hosting;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.Forecasting;
using EdgeConv.Devices.Board;
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
        Option<bool> planOnly = new("--plan-only")
        {
            Description = "Start nothing: measure the models, print which one would run, and why",
        };
        Command command = new("run", "Run the daemon until SIGTERM; SIGHUP reloads the configuration")
        {
            config, plans, planOnly,
        };
        command.SetAction((parsed, cancellation) =>
        {
            DaemonOptions options = Read(
                parsed.GetRequiredValue(config).FullName, PlanCacheOption.Parse(parsed.GetValue(plans)));
            return parsed.GetValue(planOnly)
                ? PrintForecastAsync(options)
                : RunAsync(options, cancellation);
        });
        return command;
    }

    private static DaemonOptions Read(string file, string? plans)
    {
        DaemonOptions options = ConfigReader.ReadFile(file);
        foreach (PipelineOptions pipeline in options.Pipelines)
            NamedFiles.Require(pipeline);
        return options with { PlanCache = plans ?? options.PlanCache ?? PlanCacheOption.OfService() };
    }

    private static async Task<int> PrintForecastAsync(DaemonOptions options)
    {
        BoardForecast forecast = await BoardForecast.MakeAsync(options, new Board(), TimeProvider.System)
            .ConfigureAwait(false);
        ForecastTable.Print(forecast, Console.Out);
        return Root.Success;
    }

    private static async Task<int> RunAsync(DaemonOptions options, CancellationToken cancellation)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings());
        LogToConsole(builder.Logging);
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

    // The journal takes each line's level from a number before it, and the time is its own.
    private static void LogToConsole(ILoggingBuilder logging)
    {
        if (Console.IsOutputRedirected && Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null)
            logging.AddSystemdConsole();
        else
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
    }
}
