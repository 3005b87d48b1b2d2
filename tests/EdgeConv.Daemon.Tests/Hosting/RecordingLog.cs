using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Tests.Hosting;

/// <summary>Keeps the lines of a level and above.</summary>
internal sealed class RecordingLog(LogLevel least) : ILogger
{
    public List<string> Written { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= least)
            Written.Add(formatter(state, exception));
    }
}
