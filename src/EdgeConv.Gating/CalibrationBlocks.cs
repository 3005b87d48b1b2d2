namespace EdgeConv.Gating;

/// <summary>
/// Split-conformal calibration of T taps together: turns their scores (higher is odder) into one p-value that
/// is exact for a new exchangeable sample, whatever the distribution and however the taps depend on each
/// other. Immutable; evaluation allocates nothing and is thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// The n calibration samples are peeled off: step k takes, of those left, the one with the greatest score in
/// the view of that step, and cuts off block k, all that is above this score in that view and that no earlier
/// step has cut off. A view is a tap's score, or the sum of all: of squared distances, −2 ln of the likelihood
/// of features that are normal and independent from tap to tap, but for a constant. Of every four steps three
/// take the sum and one a tap, the taps in turns, so that what is odd at one of many features is not lost in
/// the noise of the others. With one tap all steps are its own.
/// </para>
/// <para>
/// The n blocks and the rest are statistically equivalent (J. W. Tukey, Non-parametric estimation II, Annals
/// of Mathematical Statistics 18, 1947): a new sample lies in each of them with probability 1/(n + 1), so
/// p = k/(n + 1) is uniform, and the share of new samples in the first k blocks has the distribution
/// Beta(k, n + 1 − k). With equal scores p is cautious. With one tap it is (1 + #{s_i ≥ s}) / (n + 1).
/// </para>
/// </remarks>
public sealed class CalibrationBlocks
{
    /// <summary>Steps from one in the view of a tap to the next, where there are several.</summary>
    private const int Period = 4;

    // One for each tap, then that of the sum.
    private readonly View[] _views;
    private readonly IReadOnlyList<float[]> _scores;
    private readonly int _taps;

    /// <summary>Peels calibration samples.</summary>
    /// <param name="scores">
    /// <c>[T][n]</c>: each tap's finite scores, of the same samples in the same order; among equal scores the
    /// earlier sample is peeled first.
    /// </param>
    public CalibrationBlocks(IReadOnlyList<float[]> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        _scores = scores;
        _taps = scores.Count;
        Count = scores[0].Length;
        _views = Peel(scores);
    }

    /// <summary>Calibration samples n.</summary>
    public int Count { get; }

    /// <summary>The taps' calibration as <paramref name="fingerprint"/> keeps it.</summary>
    public static CalibrationBlocks Of(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return new([.. fingerprint.Taps.Select(tap => tap.Scores)]);
    }

    /// <summary>p of a sample, one of k/(n + 1) for k in 1..n + 1.</summary>
    /// <param name="scores"><c>[T]</c>: its score at each tap.</param>
    /// <param name="oddest">The tap in whose own view it would be cut off first.</param>
    public double PValue(ReadOnlySpan<float> scores, out int oddest)
    {
        int least = Count + 1;
        float sum = 0;
        oddest = 0;
        for (int tap = 0; tap < _taps; tap++)
        {
            sum += scores[tap];
            int step = _views[tap].StepOf(scores[tap]);
            if (step >= least)
                continue;
            least = step;
            oddest = tap;
        }

        return Math.Min(least, _views[_taps].StepOf(sum)) / (Count + 1.0);
    }

    /// <summary>
    /// The p-values of the calibration samples themselves, in no particular order: without equal scores and with
    /// one tap the numbers k/(n + 1), k in 2..n + 1.
    /// </summary>
    public double[] OwnPValues() => PValuesOf(_scores);

    /// <summary>The p-values of other samples, in their order.</summary>
    /// <param name="scores"><c>[T][m]</c>: each tap's scores, of the same samples in the same order.</param>
    public double[] PValuesOf(IReadOnlyList<float[]> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return [.. Enumerable.Range(0, scores[0].Length)
            .Select(i => PValue([.. scores.Select(tap => tap[i])], out _))];
    }

    /// <summary>
    /// The score above which p is at most <paramref name="p"/> whatever the other taps say: of a tap, or of
    /// the sum where <paramref name="view"/> is T.
    /// </summary>
    /// <returns>Null when no score does.</returns>
    public float? CutAt(int view, double p) => _views[view].CutAt(step => step / (Count + 1.0) <= p);

    /// <summary>The view of each step, from 0: T is that of the sum.</summary>
    internal static int ViewOf(int step, int taps)
    {
        if (taps == 1)
            return 0;
        return step % Period == Period - 1 ? step / Period % taps : taps;
    }

    private static View[] Peel(IReadOnlyList<float[]> scores)
    {
        int taps = scores.Count, count = scores[0].Length;
        float[][] all = [.. scores, [.. Enumerable.Range(0, count).Select(i => scores.Aggregate(0f, (s, tap) => s + tap[i]))]];
        int[][] oddestFirst = [.. all.Select(OddestFirst)];
        int[] next = new int[all.Length];
        bool[] isPeeled = new bool[count];
        List<(float Cut, int Step)>[] cuts = [.. all.Select(_ => new List<(float, int)>())];
        for (int step = 0; step < count; step++)
        {
            int view = ViewOf(step, taps);
            while (isPeeled[oddestFirst[view][next[view]]])
                next[view]++;
            int sample = oddestFirst[view][next[view]];
            isPeeled[sample] = true;
            cuts[view].Add((all[view][sample], step + 1));
        }

        return [.. cuts.Select(view => new View(view))];
    }

    private static int[] OddestFirst(float[] scores) =>
        [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];

    /// <summary>The cuts of one view, and the steps that made them.</summary>
    private sealed class View(List<(float Cut, int Step)> cuts)
    {
        // The first cut is the last.
        private readonly float[] _ascending = [.. cuts.Select(cut => cut.Cut).Reverse()];
        private readonly int[] _steps = [.. cuts.Select(cut => cut.Step)];

        /// <summary>The step that cuts off a score here; int.MaxValue when none does.</summary>
        public int StepOf(float score)
        {
            int notBelow = Conformal.CountAtLeast(_ascending, score);
            return notBelow < _steps.Length ? _steps[notBelow] : int.MaxValue;
        }

        /// <summary>The lowest cut of the first steps, those that count; null when there is none.</summary>
        public float? CutAt(Func<int, bool> counts)
        {
            int count = 0;
            while (count < _steps.Length && counts(_steps[count]))
                count++;
            return count == 0 ? null : _ascending[^count];
        }
    }
}
