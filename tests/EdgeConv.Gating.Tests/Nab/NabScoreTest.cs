using EdgeConv.Benchmarks.Gate.Nab;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Gating.Tests.Nab;

/// <summary>
/// The scorer of the gate's benchmark on values derived by hand: 2 σ(−5 y) − 1 = −tanh(2.5 y).
/// </summary>
public sealed class NabScoreTest
{
    // 1000 rows, of which 150 are on probation, and two windows of 100 rows.
    private static readonly NabSeries Series =
        new("hand", new double[1000], [new RowRange(400, 499), new RowRange(900, 999)]);

    private readonly NabScore _score = new([Series]);

    [Theory]
    [InlineData(400, 1.0)]
    [InlineData(450, 0.859_793)] // tanh(2.5 * 50 / 100) / tanh(2.5)
    [InlineData(499, 0.025_334)] // tanh(2.5 / 100) / tanh(2.5)
    public void A_detection_in_a_window_counts_more_the_sooner_it_comes(int row, double expected)
    {
        (int window, double value) = NabScore.At(Series, row);
        Assert.Equal(0, window);
        Assert.Equal(expected, value, 1e-6);
    }

    [Theory]
    [InlineData(200, -0.11)] // no window before
    [InlineData(499 + 9, -0.024_578_27)] // −0.11 tanh(2.5 * 9 / 99)
    [InlineData(499 + 297, -0.109_999_93)] // y = 3: −0.11 tanh(7.5)
    [InlineData(499 + 298, -0.11)] // y > 3
    public void A_detection_outside_costs_less_close_behind_a_window(int row, double expected)
    {
        (int window, double value) = NabScore.At(Series, row);
        Assert.Equal(-1, window);
        Assert.Equal(expected, value, 1e-8);
    }

    /// <summary>The sum is −2 without detections and 2 with the best ones.</summary>
    [Fact]
    public void Scores_run_from_0_without_detections_to_100_for_the_first_row_of_every_window()
    {
        Assert.Equal(new NabOutcome(0, 0, 0), _score.Of([[]]));
        Assert.Equal(new NabOutcome(100, 2, 0), _score.Of([[400, 900]]));
        // 1 − 1 − 0.11, on the scale from −2 to 2.
        NabOutcome half = _score.Of([[200, 400]]);
        Assert.Equal((47.25, 1, 1), (half.Normalized, half.Found, half.False), (a, b) =>
            Math.Abs(a.Item1 - b.Item1) < 1e-9 && (a.Item2, a.Item3) == (b.Item2, b.Item3));
    }

    [Fact]
    public void Only_the_best_detection_of_a_window_counts_in_whatever_order()
    {
        Assert.Equal(_score.Of([[400]]), _score.Of([[470, 400, 450, 499]]));
        Assert.Equal(_score.Of([[400]]), _score.Of([[400, 401]]));
    }

    [Fact]
    public void Rows_on_probation_do_not_count_and_there_are_at_most_750()
    {
        Assert.Equal(150, Series.Probation);
        Assert.Equal(750, new NabSeries("long", new double[20_000], []).Probation);
        Assert.Equal(_score.Of([[]]), _score.Of([[0, 149]]));
        Assert.Equal(1, _score.Of([[150]]).False);
    }

    /// <summary>A threshold takes all rows that reach it, ties together, over all series at once.</summary>
    [Fact]
    public void The_best_threshold_is_the_one_that_scores_highest()
    {
        NabSeries other = Series with { Windows = [new RowRange(400, 499)] };
        NabScore score = new([Series, other]);
        double[] first = new double[1000], second = new double[1000];
        (first[400], first[900], second[400], second[300]) = (0.9, 0.5, 0.7, 0.5);
        Assert.Equal(score.Of([[400, 900], [400, 300]]), score.Best([first, second]));
        second[300] = 0.8;
        first[900] = 0;
        Assert.Equal(score.Of([[400], [400, 300]]), score.Best([first, second]));
        Assert.Equal(0, score.Best([new double[1000], new double[1000]]).Normalized);
    }

    [Fact]
    public void The_windowed_gaussian_scores_the_tail_of_all_rows_before()
    {
        double[] scores = Detectors.WindowedGaussian(Series with { Values = [1, 3, 2, 4] });
        // Rows 1, 3, 2 have mean 2 and deviation √(2/3), so 4 lies 2.44949 of them away.
        Assert.Equal(0, scores[0]);
        Assert.Equal(1, scores[1], 1e-6);
        Assert.Equal(0.5, scores[2], 1e-12);
        Assert.Equal(1 - 0.007_152_939, scores[3], 1e-8);
    }

    [Fact(Skip = SharedData.Absent, SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData))]
    public void The_series_and_their_windows_are_read()
    {
        NabSeries[] all = NabSeries.ReadAll(SharedData.PathOf("nab"));
        Assert.Equal(
            [7267, 4032, 4032, 4032, 22695, 10320], all.Select(series => series.Values.Length));
        Assert.Equal([2, 1, 0, 3, 4, 5], all.Select(series => series.Windows.Length));
        RowRange taxi = all[5].Windows[0];
        // 2014-07-01 to 2014-10-30 15:30 in half hours, and four days and seven hours more.
        Assert.Equal((121 * 48 + 31, 121 * 48 + 31 + 4 * 48 + 14), (taxi.First, taxi.Last));
    }
}
