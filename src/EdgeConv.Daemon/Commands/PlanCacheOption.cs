using System.CommandLine;

namespace EdgeConv.Daemon.Commands;

/// <summary>The option <c>--plan-cache</c>, the same for every command that has it.</summary>
internal static class PlanCacheOption
{
    public static Option<string?> Create() => new("--plan-cache")
    {
        Description = "Folder that keeps packed weights (*.ecplan), profiles (*.ecprofile) and the board's "
            + "calibration (board.ecpower) from run to run",
    };

    /// <summary>
    /// The cache folder that systemd's <c>CacheDirectory=</c> has made for a service; null elsewhere.
    /// </summary>
    public static string? OfService() =>
        Parse(Environment.GetEnvironmentVariable("CACHE_DIRECTORY")?.Split(':')[0]);

    /// <summary>The folder as an absolute path; null when none is named.</summary>
    public static string? Parse(string? argument) =>
        string.IsNullOrEmpty(argument) ? null : Path.GetFullPath(argument);
}
