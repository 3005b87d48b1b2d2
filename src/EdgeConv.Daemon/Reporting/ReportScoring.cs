using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Devices;
using EdgeConv.Gating;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Reporting;

/// <summary>What a sample of the in-distribution data was to the fit.</summary>
internal enum SampleRole : byte
{
    /// <summary>Unusable, or left out between samples that overlap.</summary>
    Skipped,

    /// <summary>Fitted to.</summary>
    Fit,

    /// <summary>Kept to calibrate.</summary>
    Calibration,
}

/// <summary>
/// Runs the data of a fit through its finished gate a second time, outliers made of calibration samples, and
/// whatever else the user named. Scores are kept of every sample, pictures of the most unusual ones only.
/// </summary>
internal sealed class ReportScoring
{
    private readonly FamilyMember _member;
    private readonly MahalanobisGate _gate;
    private readonly InputValues _input;
    private readonly IReadOnlyList<SyntheticOutliers.Kind> _kinds;
    private readonly FingerprintFitter _split;
    private readonly Fingerprint _fingerprint;

    /// <param name="fingerprint">The fingerprint.</param>
    /// <param name="member">The model with the fingerprint's taps.</param>
    /// <param name="input">Of the member.</param>
    /// <param name="overlap">See <see cref="FitOptions.Overlap"/>, of the fit.</param>
    /// <exception cref="FingerprintError">They do not belong together.</exception>
    public ReportScoring(Fingerprint fingerprint, FamilyMember member, InputValues input, int overlap)
    {
        _fingerprint = fingerprint;
        _member = member;
        _input = input;
        _gate = new MahalanobisGate(fingerprint);
        _gate.Bind(member.Session);
        _kinds = SyntheticOutliers.For(input.IsPicture);
        _split = new FingerprintFitter(member.Session.Model, new FitOptions
        {
            Taps = [.. fingerprint.Taps.Select(tap => tap.Choice)],
            Classes = fingerprint.Taps[0].Moments.Classes,
            Seed = fingerprint.Seed,
            Overlap = overlap,
        });
        Fit = NewSet("fitted to", SetKind.Fit);
        Calibration = NewSet("calibration", SetKind.Calibration);
        Synthetic = [.. _kinds.Select(kind => NewSet(kind.Name, SetKind.Synthetic))];
        Unusual = [new UnusualSamples("In-distribution samples with the least p", isLeast: true)];
    }

    /// <summary>Inputs with p at most this are flagged.</summary>
    public double Threshold => _gate.Threshold;

    /// <summary>In-distribution samples that the distances were fitted to.</summary>
    public ScoredSet Fit { get; }

    /// <summary>In-distribution samples that calibrate.</summary>
    public ScoredSet Calibration { get; }

    /// <summary>Outliers of each kind, made of the first calibration samples.</summary>
    public IReadOnlyList<ScoredSet> Synthetic { get; }

    /// <summary>What else was scored, in the order it was.</summary>
    public List<ScoredSet> Others { get; } = [];

    /// <summary>The most unusual samples.</summary>
    public List<UnusualSamples> Unusual { get; }

    /// <summary>What each sample of the in-distribution data was to the fit.</summary>
    public List<SampleRole> Roles { get; } = [];

    /// <summary>Scores the data that was fitted to.</summary>
    /// <exception cref="DataError">It is no longer what it was.</exception>
    public async Task ScoreKnownAsync(SourceOptions data, CancellationToken cancellation)
    {
        await foreach (Sample sample in SampleStream.ReadAsync(data, _member, cancellation).ConfigureAwait(false))
            Roles.Add(Run(sample) ? ScoreKnown(sample) : SampleRole.Skipped);
        if (Calibration.Count != _fingerprint.CalibrationCount || Fit.Count != _fingerprint.FitCount)
            throw new DataError(data.Path, "has changed while the report was made; leave it as it is until the end");
    }

    /// <summary>Scores other data.</summary>
    /// <exception cref="DataError">It holds no usable sample.</exception>
    public async Task ScoreOtherAsync(string name, SourceOptions data, CancellationToken cancellation)
    {
        ScoredSet set = NewSet(name, SetKind.Other);
        UnusualSamples accepted = new($"Samples of {name} with the greatest p", isLeast: false);
        await foreach (Sample sample in SampleStream.ReadAsync(data, _member, cancellation).ConfigureAwait(false))
        {
            if (!Run(sample))
                continue;
            GateReading reading = Add(set);
            accepted.Offer(NameOf(sample), reading.P, reading.Distance, () => Draw(sample));
        }

        if (set.Count == 0)
            throw new DataError(data.Path, "holds no usable sample");
        Others.Add(set);
        Unusual.Add(accepted);
    }

    // One file may hold many samples.
    private static string NameOf(Sample sample) =>
        ReportPage.Text($"{sample.Origin}, sample {sample.Sequence}");

    private ScoredSet NewSet(string name, SetKind kind) => new(name, kind, _fingerprint.Taps.Count);

    private SampleRole ScoreKnown(Sample sample)
    {
        SampleSide side;
        try
        {
            side = _split.SideOf(sample.Origin, _member.Session, sample.Sequence);
        }
        catch (DataError)
        {
            return SampleRole.Skipped;
        }

        if (side == SampleSide.Neither)
            return SampleRole.Skipped;
        GateReading reading = Add(side == SampleSide.Calibration ? Calibration : Fit);
        Unusual[0].Offer(NameOf(sample), reading.P, reading.Distance, () => Draw(sample));
        if (side == SampleSide.Fit)
            return SampleRole.Fit;
        if (Calibration.Count <= OutlierProbe.MostSamples)
            ScoreOutliersOf(sample);
        return SampleRole.Calibration;
    }

    // False for a sample that is not what the model wants.
    private bool Run(Sample sample)
    {
        try
        {
            _member.Preprocess(sample);
        }
        catch (DataError)
        {
            return false;
        }

        _member.Session.Run();
        return true;
    }

    private GateReading Add(ScoredSet set)
    {
        GateReading reading = _gate.Evaluate(_member.Session);
        set.Add(reading.P, _gate.DistanceOf);
        return reading;
    }

    private void ScoreOutliersOf(Sample sample)
    {
        int seed = (Calibration.Count - 1) * _kinds.Count;
        for (int kind = 0; kind < _kinds.Count; kind++)
        {
            _member.Preprocess(sample);
            Tensor tensor = _member.Session.GetInput(0);
            _input.Read(tensor);
            _kinds[kind].Make(_input, new Random(seed + kind));
            _input.Write(tensor);
            _member.Session.Run();
            Add(Synthetic[kind]);
        }
    }

    // The run may have used the input's memory for something else.
    private string Draw(Sample sample)
    {
        _member.Preprocess(sample);
        _input.Read(_member.Session.GetInput(0));
        return Thumbnail.Of(_input, sample.Origin);
    }
}
