using System.Globalization;
using System.Runtime.InteropServices;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Metering;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.PowerCalibrating;
using EdgeConv.Daemon.Previewing;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Devices;
using EdgeConv.Devices.Board;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Governing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>
/// The daemon under its host: starts broker, sink and pipelines, reloads on SIGHUP, feeds the watchdog while
/// no pipeline is stuck, and drains when stopped.
/// </summary>
internal sealed class DaemonService : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan Rounds = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoundsStopBy = TimeSpan.FromSeconds(0.75);
    private static readonly TimeSpan PipelinesStopBy = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan AllStopBy = TimeSpan.FromSeconds(4.5);
    private readonly DaemonOptions _options;
    private readonly ILogger<DaemonService> _logger;
    private readonly ISystemdNotifier _systemd;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _reload = new(0);
    private readonly Board _sensors = new();
    private BoardMonitor? _board;
    private MetricsEndpoint? _metrics;
    private PreviewServer? _previews;
    private EnergyModel? _energy;
    private Outlet? _outlet;
    private DaemonOptions _applied;
    private PipelineSet? _pipelines;
    private PosixSignalRegistration? _hangUp;
    private Task _rounds = Task.CompletedTask;
    private bool _isOutletStopped;
    private bool _isWaitingSaid;

    public DaemonService(
        DaemonOptions options, ILogger<DaemonService> logger, ISystemdNotifier systemd, IHostApplicationLifetime lifetime)
    {
        _options = _applied = options;
        _logger = logger;
        _systemd = systemd;
        _lifetime = lifetime;
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        _energy = EnergyModelFile.Read(_options.PlanCache, _logger.Notice);
        _board = new BoardMonitor(_sensors, _time, new BoardGovernor(_options.Budget, _time, _energy));
        LoggingSink sink = new(_logger);
        SessionLoader loader = new(_logger.Notice, _options.PlanCache);
        FamilyProfiles profiles = new(
            _options.PlanCache is { } folder ? new ProfileFolder(folder, _logger.Notice) : null, _time, _energy);
        _pipelines = new PipelineSet(
            new PipelineBuilder(loader, sink, _board, profiles, _time)
            {
                Results = () => _outlet!.Sink.Options,
                Previews = name => _previews?.ChannelOf(name),
            }.Build,
            _logger, _time);
        if (_options.Preview is { } preview)
            _previews = new PreviewServer(preview, _options.File);
        // Nobody is told "online" before everything that can be wrong has been looked at.
        List<SupervisedPipeline> built = await _pipelines.PrepareAsync(_options.Pipelines)
            .ConfigureAwait(false);
        _outlet = await Outlet.StartAsync(_options.Mqtt, _options.EmbeddedBroker, _logger, _time).ConfigureAwait(false);
        sink.Connect(Metered(_outlet.Sink));
        await _pipelines.AdoptAsync(built).ConfigureAwait(false);
        if (SysRoot.Default.IsRedirected)
            _logger.BoardRedirected(SysRoot.Default.Root);
        _logger.Started(ProductVersion.Text, _options.Pipelines.Count, _outlet.Sink.Options.ToString());
        await AnnounceAsync(_options).ConfigureAwait(false);
        _systemd.Notify(ServiceState.Ready);
        _rounds = Task.Run(RunRoundsAsync, CancellationToken.None);
    }

    private ISink Metered(ISink sink)
    {
        if (_options.Metrics is not { } metrics)
            return sink;
        _metrics = new MetricsEndpoint(metrics, _options.File);
        return new MeteringSink(sink, _metrics.Metrics);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        long begun = _time.GetTimestamp();
        _systemd.Notify(ServiceState.Stopping);
        await _stop.CancelAsync().ConfigureAwait(false);
        // Whatever a pipeline is stuck in, the broker still hears "stopped".
        await WaitAsync(_rounds, RoundsStopBy - _time.GetElapsedTime(begun)).ConfigureAwait(false);
        if (_pipelines is not null)
        {
            TimeSpan left = PipelinesStopBy - _time.GetElapsedTime(begun);
            await WaitAsync(_pipelines.DisposeAsync().AsTask(), left).ConfigureAwait(false);
        }

        if (_outlet is not null)
        {
            _isOutletStopped = true;
            TimeSpan left = AllStopBy - _time.GetElapsedTime(begun);
            await WaitAsync(_outlet.StopAsync(left), left).ConfigureAwait(false);
        }
    }

    /// <summary>Frees what a start that failed, or a stop, has left.</summary>
    public async ValueTask DisposeAsync()
    {
        _hangUp?.Dispose();
        if (_outlet is not null && !_isOutletStopped)
            await _outlet.DisposeAsync().ConfigureAwait(false);
        _metrics?.Dispose();
        _previews?.Dispose();
        _board?.Dispose();
        _stop.Dispose();
        _reload.Dispose();
    }

    private void OnHangUp(PosixSignalContext context)
    {
        // The default action of SIGHUP ends the process.
        context.Cancel = true;
        _reload.Release();
    }

    // All that changes the set of pipelines happens here, on one task.
    private async Task RunRoundsAsync()
    {
        Watchdog watchdog = new(_systemd, Watchdog.AllowedFor(
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
            Environment.GetEnvironmentVariable("WATCHDOG_PID"), Environment.ProcessId), _time);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await WaitForReloadAsync().ConfigureAwait(false))
                    await ReloadAsync().ConfigureAwait(false);
                if (!await _pipelines!.LookAfterAsync().ConfigureAwait(false))
                    EndWhenSent();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _logger.RoundFailed($"{error.GetType().Name}: {error.Message}");
            }

            watchdog.Feed(_pipelines!.IsStuck);
        }
    }

    // What the last recording has left in the queue goes out first, however long the broker is away.
    private void EndWhenSent()
    {
        int waiting = _outlet!.Sink.Counters.Queued;
        if (waiting == 0)
            _lifetime.StopApplication();
        else if (!_isWaitingSaid)
            _logger.WaitsForBroker(waiting);
        _isWaitingSaid = true;
    }

    private async Task<bool> WaitForReloadAsync()
    {
        try
        {
            return await _reload.WaitAsync(Rounds, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ReloadAsync()
    {
        long microseconds = (long)_time.GetElapsedTime(0).TotalMicroseconds;
        _systemd.Notify(new ServiceState(string.Create(
            CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}")));
        try
        {
            DaemonOptions fresh = ConfigReader.ReadFile(_options.File);
            if (fresh.Mqtt != _options.Mqtt || fresh.EmbeddedBroker != _options.EmbeddedBroker)
                throw NeedsRestart(fresh, "mqtt");
            if (fresh.Metrics != _options.Metrics)
                throw NeedsRestart(fresh, "metrics");
            if (fresh.Preview != _options.Preview)
                throw NeedsRestart(fresh, "preview");
            IReadOnlyList<string> before = _pipelines!.Names;
            List<SupervisedPipeline> next = await _pipelines.PrepareAsync(fresh.Pipelines)
                .ConfigureAwait(false);
            int started = await _pipelines.AdoptAsync(next).ConfigureAwait(false);
            _board!.Governor!.Budget = fresh.Budget;
            foreach (string gone in before.Except(_pipelines.Names))
            {
                _outlet!.Sink.Retire(gone);
                _metrics?.Metrics.Forget(gone);
            }

            // Also those that an earlier run has left.
            foreach (PipelineOptions former in _applied.Pipelines.Where(p => p.Snapshots is not null))
            {
                if (!fresh.Pipelines.Any(p => p.Name == former.Name && p.Snapshots is not null))
                    _outlet!.Sink.ClearPictures(former.Name);
            }

            _applied = fresh;
            _logger.Reloaded(fresh.File, fresh.Pipelines.Count, started);
            await AnnounceAsync(fresh).ConfigureAwait(false);
        }
        catch (EdgeConvError error)
        {
            _logger.ReloadRefused(error.Message);
            _outlet!.Sink.Announce($"reload refused, the running configuration is kept: {error.Message}");
        }
        finally
        {
            _previews?.Keep(_pipelines!.Names);
            _systemd.Notify(ServiceState.Ready);
        }
    }

    private static ConfigError NeedsRestart(DaemonOptions fresh, string section) =>
        new($"{fresh.File}: {section}", "has changed; that takes a restart of the daemon");

    // The daemon runs on: the other budgets are held all the same.
    private async Task AnnounceAsync(DaemonOptions options)
    {
        ConfigError? problem = await PowerBudget.ProblemAsync(options, _sensors, _energy).ConfigureAwait(false);
        if (problem is not null)
            _logger.BudgetNotHeld(problem.Message);
        _outlet!.Sink.Announce(problem?.Message);
    }

    private async Task WaitAsync(Task work, TimeSpan limit)
    {
        try
        {
            await work.WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A stuck pipeline is said by the watchdog, a stalled broker by the sink; the process ends anyway.
        }
    }
}
