using System.Globalization;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Day;

/// <summary>A line that the house has logged.</summary>
/// <param name="At">When, since the start.</param>
/// <param name="Subject">The pipeline, or <c>mqtt</c>.</param>
/// <param name="Text">What was wrong.</param>
internal sealed record Entry(TimeSpan At, string Subject, string Text)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(int)At.TotalHours:00}{At:\\:mm\\:ss\\.f} {Subject}: {Text}");
}

/// <summary>The house's log: problems are kept, the rest is counted.</summary>
internal sealed class Journal(SimulatedTime time) : ILogger
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _problems = [];
    private readonly List<Entry> _unexpected = [];

    /// <summary>Problems of pipelines and of the connection, in order.</summary>
    public IReadOnlyList<Entry> Problems
    {
        get
        {
            lock (_lock)
                return [.. _problems];
        }
    }

    /// <summary>What is never to be logged: pipelines that broke, errors of the program's own.</summary>
    public IReadOnlyList<Entry> Unexpected
    {
        get
        {
            lock (_lock)
                return [.. _unexpected];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Warning || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            return;
        string? Value(string key) => values.FirstOrDefault(pair => pair.Key == key).Value?.ToString();
        lock (_lock)
        {
            if (eventId.Name is "PipelineProblem")
                _problems.Add(new Entry(time.Elapsed, Value("Pipeline")!, Value("Problem")!));
            else if (eventId.Name is "MqttProblem")
                _problems.Add(new Entry(time.Elapsed, "mqtt", Value("Message")!));
            else if (eventId.Name is not "Drift")
                _unexpected.Add(new Entry(time.Elapsed, eventId.Name ?? "", formatter(state, exception)));
        }
    }
}
