using EdgeConv.Core;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>Where a fit saves its state, and how often.</summary>
/// <param name="Path">The file.</param>
/// <param name="Interval">Time from one saving to the next; zero after every sample.</param>
internal sealed record ResumeOptions(string Path, TimeSpan Interval);

/// <summary>Saves a fit's state every so often, and takes it up again.</summary>
internal sealed class FitCheckpoint(
    ResumeOptions options, FingerprintFitter fitter, OutlierCheck? check, string preparation, TimeProvider time)
{
    private long _saved = time.GetTimestamp();
    private bool _hasWarned;

    /// <summary>Is told, once, that the state cannot be saved.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Takes up the state that an earlier run has left.</summary>
    /// <returns>How far that run had come; nowhere when it has left none.</returns>
    /// <exception cref="FingerprintError">The file is damaged, or of another fit.</exception>
    public FitPosition Restore() => File.Exists(options.Path)
        ? FitStateFile.Read(options.Path, fitter, check, preparation)
        : default;

    /// <summary>
    /// Saves when the interval has passed. That it fails, as on a full disk, does not end the fit: the next
    /// time may be better.
    /// </summary>
    public void SaveWhenDue(FitPosition position)
    {
        if (time.GetElapsedTime(_saved) < options.Interval)
            return;
        try
        {
            Save(position);
        }
        catch (FingerprintError problem)
        {
            if (!_hasWarned)
                Warn($"warning: {problem.Message}; the fit goes on, and tries again");
            _hasWarned = true;
        }

        _saved = time.GetTimestamp();
    }

    /// <summary>Saves now.</summary>
    /// <exception cref="FingerprintError">It cannot be written.</exception>
    public void Save(FitPosition position) =>
        FitStateFile.Write(options.Path, fitter, check, position, preparation);
}
