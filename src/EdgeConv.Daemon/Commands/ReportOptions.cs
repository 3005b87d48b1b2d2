using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Reporting;
using EdgeConv.Devices;

namespace EdgeConv.Daemon.Commands;

/// <summary>The options <c>--report</c> and <c>--ood</c> of a fit.</summary>
internal sealed class ReportOptions
{
    private readonly Option<string?> _report = new("--report")
    {
        Description = "HTML page to write: scores, realised false alarms, AUROC, layers compared, odd samples",
    };

    private readonly Option<string[]> _others = new("--ood")
    {
        Description = "Folder or file of out-of-distribution data for the report; may be repeated",
    };

    /// <summary>Adds both options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_report);
        command.Add(_others);
    }

    /// <summary>What is asked for; null when no report is.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="fit">The fit that it is of.</param>
    /// <param name="taken">Files that the fit reads or writes.</param>
    /// <exception cref="EdgeConvError">The file cannot be written, or other data is not there or empty.</exception>
    public ReportRequest? Parse(ParseResult parsed, FitRequest fit, IReadOnlyList<string> taken)
    {
        string[] others = [.. (parsed.GetValue(_others) ?? []).Select(Path.GetFullPath)];
        if (parsed.GetValue(_report) is not { } report)
            return others.Length == 0 ? null : throw new ConfigError("--ood", "needs --report");
        if (fit.IsShard)
            throw new ConfigError("--report", "tells of a gate, and a shard is none; leave out --shard");
        string path = Path.GetFullPath(report);
        if (taken.Contains(path))
            throw new ConfigError("--report", $"{path} is a file of the fit; the report needs one of its own");
        OutputFile.Require(path, [.. taken, .. others]);
        foreach (string other in others)
        {
            SourceOptions data = DataSource.Of(other, fit.Pipeline);
            bool isEmpty = Directory.Exists(other)
                ? SampleCount.Of(data, windowLength: null) == 0
                : new FileInfo(other).Length == 0;
            if (isEmpty)
                throw new DataError(other, "holds no whole sample; --ood needs out-of-distribution data");
        }

        return new ReportRequest(path, others);
    }
}
