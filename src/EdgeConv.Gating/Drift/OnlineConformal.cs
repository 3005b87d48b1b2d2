namespace EdgeConv.Gating.Drift;

/// <summary>
/// Smoothed online conformal p-values of a stream of scores (higher is odder), each ranked among all scores
/// that came before it: p = (#{s_i &gt; s} + U (1 + #{s_i = s})) / (n + 1), U uniform in (0,1]; then s joins
/// the list. O(log 2^16) a score, no allocation. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// The list may begin with the n blocks of a calibration set and the rest, see <see cref="Expect"/>. The
/// shares of new samples that lie in them are Dirichlet(1, …, 1), so which of them the samples lie in, one
/// after another, is a Pólya urn that begins with one ball each (D. Blackwell and J. B. MacQueen, Annals of
/// Statistics 1, 1973). p = (#{s_i &gt; s} + U #{s_i = s}) / n over the balls, and what is said below holds
/// for calibration samples and stream together.
/// </para>
/// <para>
/// As long as the scores are exchangeable the p-values are independent and uniform (Vovk, Gammerman and
/// Shafer, Algorithmic Learning in a Random World, 2005, chapter 8), which p-values against one fixed
/// calibration set are not: they share its error.
/// </para>
/// <para>
/// The list is bounded by what it keeps of a score, not by how many it keeps: a score is rounded down to
/// bfloat16 (the upper half of a float) and counted in one of 2^16 counters, 256 KiB in all. Rounding is a
/// fixed function of the score, so rounded scores are exchangeable too, and the ties it makes are broken by
/// U: the statement above holds exactly. A reservoir or a window of the latest scores would be bounded as
/// well, but their p-values depend on each other.
/// </para>
/// <para>
/// When a counter could overflow the list begins anew. Given which scores fall into which list, the orders
/// within the lists are independent, so the p-values stay independent and uniform across lists.
/// </para>
/// </remarks>
public sealed class OnlineConformal
{
    private const int Cells = 1 << 16;
    private readonly int[] _sums = new int[Cells + 1];
    private readonly Random _random;
    private readonly int _limit;

    /// <param name="seed">Decides U.</param>
    /// <param name="limit">Scores of one list, at least 1.</param>
    public OnlineConformal(int seed, int limit = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _random = new Random(seed);
        _limit = limit;
    }

    /// <summary>Scores in the list, n.</summary>
    public int Count { get; private set; }

    private bool _isExpecting;

    /// <summary>The p-value of <paramref name="score"/>, in (0,1], which then joins the list.</summary>
    /// <param name="score">Any float; NaN counts as the oddest.</param>
    public double Next(float score)
    {
        if (Count == _limit)
            Restart();
        int cell = CellOf(score);
        int notGreater = SumBelow(cell + 1), equal = notGreater - SumBelow(cell);
        // An urn counts the new ball with those of its kind that are there; a kind it does not know is new.
        int own = _isExpecting && equal > 0 ? 0 : 1;
        double uniform = 1 - _random.NextDouble();
        double p = (Count - notGreater + uniform * (own + equal)) / (Count + own);
        Add(cell);
        return p;
    }

    /// <summary>Empties the list.</summary>
    public void Restart()
    {
        Count = 0;
        _isExpecting = false;
        Array.Clear(_sums);
    }

    /// <summary>
    /// Begins the list anew, with the scores −p of n calibration samples and −1/(n + 1): one ball for each
    /// block, and where samples are equal as many on their common p as they are. Scores to come are negative
    /// p-values too.
    /// </summary>
    /// <param name="calibration">p-values of the calibration samples, <see cref="CalibrationBlocks.OwnPValues"/>.</param>
    public void Expect(IReadOnlyCollection<double> calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        Restart();
        foreach (double p in calibration)
            Add(CellOf((float)-p));
        Add(CellOf((float)(-1 / (calibration.Count + 1.0))));
        _isExpecting = true;
    }

    // The bits of floats, as integers, are in the order of their magnitudes; negative ones are turned round.
    private static int CellOf(float score)
    {
        if (float.IsNaN(score))
            return Cells - 1;
        int bits = BitConverter.SingleToInt32Bits(score + 0f);
        return (bits < 0 ? ~bits : bits ^ int.MinValue) >>> 16;
    }

    // A Fenwick tree: _sums[i] counts the cells i - lowbit(i) to i - 1.
    private void Add(int cell)
    {
        Count++;
        for (int i = cell + 1; i <= Cells; i += i & -i)
            _sums[i]++;
    }

    private int SumBelow(int cell)
    {
        int sum = 0;
        for (int i = cell; i > 0; i -= i & -i)
            sum += _sums[i];
        return sum;
    }
}
