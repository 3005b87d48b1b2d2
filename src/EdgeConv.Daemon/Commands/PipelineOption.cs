using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// The options <c>--config</c> and <c>--pipeline</c>, the same for every command that reads data as a
/// pipeline does.
/// </summary>
internal sealed class PipelineOption
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "Configuration whose pipeline tells how to read and preprocess the data",
    };

    private readonly Option<string?> _pipeline =
        new("--pipeline") { Description = "Name of that pipeline; default: its first" };

    /// <summary>Adds both options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_config);
        command.Add(_pipeline);
    }

    /// <summary>The configuration's file; null when none is named.</summary>
    public string? FileOf(ParseResult parsed) => parsed.GetValue(_config);

    /// <summary>The pipeline; null when no configuration is named.</summary>
    /// <exception cref="ConfigError">The configuration is wrong, or has no such pipeline.</exception>
    public PipelineOptions? Parse(ParseResult parsed)
    {
        string? config = FileOf(parsed), name = parsed.GetValue(_pipeline);
        if (config is null)
            return name is null ? null : throw new ConfigError("--pipeline", "needs --config");
        DaemonOptions options = ConfigReader.ReadFile(config);
        return name is null
            ? options.Pipelines[0]
            : options.Pipelines.FirstOrDefault(p => p.Name == name)
                ?? throw new ConfigError(config, $"has no pipeline '{name}'");
    }
}
