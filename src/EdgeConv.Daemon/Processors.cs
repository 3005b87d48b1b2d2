using EdgeConv.Core;

namespace EdgeConv.Daemon;

/// <summary>The processors that this process may use: its cpuset and quota counted.</summary>
internal static class Processors
{
    /// <summary>Refuses more threads than processors: they would only wait for one another.</summary>
    /// <param name="place">What names the number: an option, or a key and its file.</param>
    /// <param name="threads">The number.</param>
    /// <exception cref="ConfigError">It is below 1 or above the number of processors.</exception>
    public static void Require(string place, int threads)
    {
        int most = Environment.ProcessorCount;
        if (threads >= 1 && threads <= most)
            return;
        string right = most == 1 ? "one processor, 1" : $"{most} processors, 1..{most}";
        throw new ConfigError(place, $"this machine has {right} would be right");
    }
}
