using System.Text;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Devices;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Reporting;

/// <summary>What a report is asked for.</summary>
/// <param name="Path">The file to write.</param>
/// <param name="Others">Folders or files of out-of-distribution data.</param>
internal sealed record ReportRequest(string Path, IReadOnlyList<string> Others);

/// <summary>
/// Makes the report of a finished fit. It reads the data again: once for the scores, twice for the layers.
/// </summary>
internal sealed class ReportRun(FitRequest fit, ReportRequest report, SessionLoader loader)
{
    /// <summary>Scores everything and writes the file, whole or not at all.</summary>
    /// <exception cref="EdgeConvError">Data cannot be read, or the file not be written.</exception>
    public async Task WriteAsync(Fingerprint fingerprint, CancellationToken cancellation)
    {
        ReportScoring scoring = await ScoreAsync(fingerprint, cancellation).ConfigureAwait(false);
        ReportContent content = new()
        {
            Fingerprint = fingerprint,
            Data = fit.Data,
            Scoring = scoring,
            Rates = SplitRates.Measure(scoring.Calibration, fingerprint.Taps.Count),
            Layers = await CompareAsync(fingerprint, scoring, cancellation).ConfigureAwait(false),
        };
        Replace(report.Path, ReportPage.Write(content));
    }

    private async Task<ReportScoring> ScoreAsync(Fingerprint fingerprint, CancellationToken cancellation)
    {
        using FamilyMember member = FitMember.Load(fit, loader, [.. fingerprint.Taps.Select(tap => tap.Name)]);
        SourceOptions data = DataSource.Of(fit.Data, fit.Pipeline);
        int overlap = FitWarnings.OverlapOf(data.Stride, member.WindowLength);
        ReportScoring scoring = new(fingerprint, member, InputOf(member), overlap);
        await scoring.ScoreKnownAsync(data, cancellation).ConfigureAwait(false);
        foreach (string other in report.Others)
        {
            await scoring.ScoreOtherAsync(NameOf(other), DataSource.Of(other, fit.Pipeline), cancellation)
                .ConfigureAwait(false);
        }

        return scoring;
    }

    private async Task<LayerTable?> CompareAsync(
        Fingerprint fingerprint, ReportScoring scoring, CancellationToken cancellation)
    {
        string[] taps = [.. fingerprint.Taps.Select(tap => tap.Name)];
        IReadOnlyList<string> layers = LayersOf(taps, out int left);
        if (layers.Count == 0)
            return null;
        using FamilyMember member = FitMember.Load(fit, loader, layers);
        LayerComparison comparison = new(member, InputOf(member));
        await comparison.AddKnownAsync(DataSource.Of(fit.Data, fit.Pipeline), scoring.Roles, cancellation)
            .ConfigureAwait(false);
        foreach ((string other, ScoredSet set) in report.Others.Zip(scoring.Others))
        {
            SourceOptions data = DataSource.Of(other, fit.Pipeline);
            await comparison.AddOtherAsync(set.Name, data, set.Count, cancellation).ConfigureAwait(false);
        }

        return new LayerTable(comparison.Outliers, comparison.Rows(taps), left);
    }

    // None of a model that only the other backend runs.
    private IReadOnlyList<string> LayersOf(string[] taps, out int left)
    {
        left = 0;
        try
        {
            IReadOnlyList<PointwiseLayer> all =
                ModelInspection.PointwiseLayers(fit.Model, new SessionOptions { InputShapes = fit.Shapes });
            IReadOnlyList<string> chosen = LayerComparison.Choose(all, taps);
            left = all.Count(layer => layer is { Positions: > 1, IsHead: false }) - chosen.Count;
            return chosen;
        }
        catch (ModelError error) when (error.IsUnsupported)
        {
            return [];
        }
    }

    private InputValues InputOf(FamilyMember member) =>
        new(FitMember.PreprocessOf(fit), member.Session, member.WindowLength is null);

    // Its last part, where no other has the same.
    private string NameOf(string path)
    {
        string Last(string full) => Path.GetFileName(Path.TrimEndingDirectorySeparator(full));
        return report.Others.Count(other => Last(other) == Last(path)) == 1 ? Last(path) : path;
    }

    private static void Replace(string path, string text)
    {
        try
        {
            TemporaryFile.Replace(path, Encoding.UTF8.GetBytes(text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigError(path, $"the report cannot be written: {error.Message}", error);
        }
    }
}
