using EdgeConv.Daemon.Fingerprints;
using EdgeConv.Gating;
using static System.FormattableString;

namespace EdgeConv.Daemon.Recalibrating;

/// <summary>Tells what a proposed fingerprint would change, so that a person can decide.</summary>
/// <param name="witness">What the fingerprint in use has said of the new data.</param>
/// <param name="proposal">What would take its place.</param>
internal sealed class RecalibrationReport(GateWitness witness, Fingerprint proposal)
{
    private readonly FingerprintDescription _old = FingerprintDescription.Of(witness.Old);
    private readonly FingerprintDescription _new = FingerprintDescription.Of(proposal);

    /// <summary>Prints samples, promise, and for each tap threshold and distances.</summary>
    public void Print(TextWriter text)
    {
        text.WriteLine(Invariant(
            $"  calibration samples: {_old.DistinctCalibrationSamples} → {_new.DistinctCalibrationSamples}"));
        text.WriteLine($"  promise now: {_old.Guarantee}");
        text.WriteLine($"  promise then: {_new.Guarantee}");
        text.WriteLine(Invariant(
            $"  of the {witness.Count} new samples {FlaggedShare:P2} are flagged now (alpha {_old.Alpha:0.####})"));
        text.WriteLine(OldFlaggedThen());
        if (_old.Taps.Count > 1)
        {
            string sum = $"flags above {Text(_old.ThresholdSum)} → {Text(_new.ThresholdSum)}";
            text.WriteLine($"  sum of the taps' distances: {sum}");
        }

        for (int tap = 0; tap < _old.Taps.Count; tap++)
            PrintTap(tap, text);
    }

    /// <summary>Warns of new data that looks unlike the old; nothing where it does not.</summary>
    public void Warn(TextWriter text)
    {
        if (FlaggedShare > 2 * _old.Alpha)
        {
            text.WriteLine(Invariant($"warning: {FlaggedShare:P2} of the new data is flagged now, more than ")
                + "twice alpha; accept only if all of it is in-distribution: what is recalibrated to will pass");
        }
    }

    private double FlaggedShare => (double)witness.Flagged / witness.Count;

    private void PrintTap(int tap, TextWriter text)
    {
        float[] known = [.. witness.Old.Taps[tap].Scores.Order()];
        IReadOnlyList<float> seen = witness.DistancesAt(tap);
        TwoSamples distance = TwoSamples.Of(known, seen);
        TapDescription before = _old.Taps[tap], after = _new.Taps[tap];
        string threshold = $"flags above {Text(before.ThresholdDistance)} → {Text(after.ThresholdDistance)}";
        string moved = Invariant($"Kolmogorov-Smirnov distance {distance.Distance:0.###} of the new squared ")
            + Invariant($"distances from the old, by chance up to {distance.ByChance:0.###}");
        text.WriteLine($"  tap '{before.Name}': {threshold}; {moved}");
    }

    // Of a refit the distances are others, and the samples themselves are not there to be judged by them.
    private string OldFlaggedThen()
    {
        bool areKept = witness.Old.Taps.Zip(proposal.Taps)
            .All(taps => ReferenceEquals(taps.First.Moments, taps.Second.Moments));
        string samples = Invariant($"  of the {witness.Old.CalibrationCount} old calibration samples");
        return areKept
            ? Invariant($"{samples} {FlaggedThen():P2} would be flagged then")
            : $"{samples} none can be judged by the new distances";
    }

    private double FlaggedThen()
    {
        float[][] known = [.. witness.Old.Taps.Select(tap => tap.Scores)];
        double[] judged = CalibrationBlocks.Of(proposal).PValuesOf(known);
        return (double)judged.Count(p => p <= _new.Threshold) / judged.Length;
    }

    private static string Text(double? distance) =>
        distance is double value ? Invariant($"{value:0.###}") : "nothing";
}
