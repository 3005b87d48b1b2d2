using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Pipeline.Accounting;

namespace EdgeConv.Daemon.Hosting;

/// <summary>Says when a power budget cannot be held.</summary>
internal static class PowerBudget
{
    // Counters of energy tell a power from their second reading on.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// What is wrong with the power budget here; null when there is none, a rail, or a calibrated board.
    /// </summary>
    /// <param name="options">The configuration.</param>
    /// <param name="board">Its sensors.</param>
    /// <param name="energy">The board's model; null when nobody has calibrated it.</param>
    public static async Task<ConfigError?> ProblemAsync(DaemonOptions options, IBoard board, EnergyModel? energy)
    {
        bool isMeasured = options.Budget.PowerWatts is null || energy?.RestWatts is not null
            || (await ReadAsync(board).ConfigureAwait(false)).PowerWatts is not null;
        return isMeasured
            ? null
            : new ConfigError(
                $"{options.File}: budget.power_watts",
                "power cannot be held because nothing measures it; "
                    + "'edgeconv devices' shows what this machine has, 'edgeconv calibrate-power' teaches it");
    }

    /// <summary>A reading that has the power wherever something measures it.</summary>
    public static async Task<BoardReading> ReadAsync(IBoard board)
    {
        BoardReading reading = board.Read();
        if (reading.PowerWatts is not null)
            return reading;
        await Task.Delay(s_pause).ConfigureAwait(false);
        return board.Read();
    }
}
