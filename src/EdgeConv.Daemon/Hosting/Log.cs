using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>Everything the daemon logs; event ids 1000–1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "{Version}: {Pipelines} pipelines, {Broker}")]
    public static partial void Started(this ILogger logger, string version, int pipelines, string broker);

    [LoggerMessage(1001, LogLevel.Information,
        "reloaded {File}: {Pipelines} pipelines, {Started} of them started anew")]
    public static partial void Reloaded(this ILogger logger, string file, int pipelines, int started);

    [LoggerMessage(1002, LogLevel.Error, "kept the running configuration: {Problem}")]
    public static partial void ReloadRefused(this ILogger logger, string problem);

    [LoggerMessage(1003, LogLevel.Warning, "{Notice}")]
    public static partial void Notice(this ILogger logger, string notice);

    [LoggerMessage(1004, LogLevel.Warning, "pipeline {Pipeline}: {Problem}")]
    public static partial void PipelineProblem(this ILogger logger, string pipeline, string problem);

    [LoggerMessage(1005, LogLevel.Information, "pipeline {Pipeline}: {State}")]
    public static partial void PipelineState(this ILogger logger, string pipeline, string state);

    [LoggerMessage(1006, LogLevel.Information, "pipeline {Pipeline}: {From} -> {To}, {Reason}")]
    public static partial void Decision(
        this ILogger logger, string pipeline, string from, string to, string reason);

    [LoggerMessage(1007, LogLevel.Critical, "pipeline {Pipeline} broke and is started again in {Seconds} s: {Problem}")]
    public static partial void PipelineBroke(
        this ILogger logger, string pipeline, double seconds, string problem);

    [LoggerMessage(1008, LogLevel.Critical,
        "pipeline {Pipeline} has been at work on one sample for {Seconds} s: the watchdog is no longer fed")]
    public static partial void PipelineStuck(this ILogger logger, string pipeline, int seconds);

    [LoggerMessage(1009, LogLevel.Information, "mqtt: {Message}")]
    public static partial void Mqtt(this ILogger logger, string message);

    [LoggerMessage(1010, LogLevel.Warning, "mqtt: {Message}")]
    public static partial void MqttProblem(this ILogger logger, string message);

    [LoggerMessage(1011, LogLevel.Error, "an error of ours, please report it: {Problem}")]
    public static partial void RoundFailed(this ILogger logger, string problem);

    [LoggerMessage(1012, LogLevel.Warning,
        "EDGECONV_SYSROOT is set: temperature and power are read below {Folder}, not of this machine")]
    public static partial void BoardRedirected(this ILogger logger, string folder);

    [LoggerMessage(1013, LogLevel.Information, "every source has ended; {Results} results still wait for the broker")]
    public static partial void WaitsForBroker(this ILogger logger, int results);

    [LoggerMessage(1014, LogLevel.Warning,
        "pipeline {Pipeline}: input has drifted within {Samples} samples (martingale {Martingale:0.#}): "
        + "recalibration needed")]
    public static partial void Drift(this ILogger logger, string pipeline, long samples, double martingale);

    [LoggerMessage(1015, LogLevel.Warning, "{Problem}")]
    public static partial void BudgetNotHeld(this ILogger logger, string problem);
}
