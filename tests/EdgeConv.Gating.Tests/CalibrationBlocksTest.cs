using CsCheck;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class CalibrationBlocksTest
{
    // Few values, so that scores are often equal.
    private static readonly Gen<(float[][] Scores, float[] Sample)> Cases =
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 25], Gen.Int[2, 40]).SelectMany((taps, count, values) => Gen.Select(
            Gen.Int[0, values].Select(x => (float)x).Array[count].Array[taps],
            Gen.Int[-1, values + 1].Select(x => (float)x).Array[taps]));

    [Theory]
    [InlineData(5, .6)]
    [InlineData(5.5, .5)]
    [InlineData(9, .2)]
    [InlineData(9.5, .1)]
    [InlineData(0, 1)]
    public void P_values_of_scores_1_to_9(float score, double expected) =>
        Assert.Equal(expected, new CalibrationBlocks([[3, 1, 2, 5, 4, 9, 8, 7, 6]]).PValue([score], out _), 1e-15);

    [Fact]
    public void With_one_tap_p_is_the_share_at_least_as_odd() => Cases.Holds((scores, sample) =>
    {
        double expected = (1.0 + scores[0].Count(s => s >= sample[0])) / (scores[0].Length + 1);
        Assert.Equal(expected, new CalibrationBlocks([scores[0]]).PValue([sample[0]], out _));
    }, count: 5000);

    [Fact]
    public void P_is_the_step_of_the_peeling_that_cuts_a_sample_off() => Cases.Holds((scores, sample) =>
        Assert.Equal(PeelSlowly(scores, sample), new CalibrationBlocks(scores).PValue(sample, out _)), count: 5000);

    // A tap has one step of four, and of these every T-th.
    [Fact]
    public void P_is_never_above_four_times_the_least_of_the_taps_times_their_number() => Cases.Holds((scores, sample) =>
    {
        double least = scores.Zip(sample)
            .Min(tap => new CalibrationBlocks([tap.First]).PValue([tap.Second], out _));
        double p = new CalibrationBlocks(scores).PValue(sample, out _);
        Assert.InRange(p, 0, Math.Min(1, 4 * scores.Length * least) + 1e-12);
    }, count: 5000);

    [Fact]
    public void The_oddest_tap_is_the_one_whose_own_cut_comes_first()
    {
        float[] ordinary = [.. Enumerable.Range(0, 999).Select(i => i / 999f)];
        float[] mixed = [.. ordinary.Select((_, i) => ordinary[i * 382 % 999])];
        CalibrationBlocks blocks = new([ordinary, mixed]);
        blocks.PValue([0.5f, 0.9999f], out int oddest);
        Assert.Equal(1, oddest);
        Assert.InRange(blocks.PValue([5, 0.9999f], out oddest), 0, 1 / 999.0);
        Assert.Equal(0, oddest);
    }

    [Fact]
    public void A_tap_alone_makes_p_small_exactly_above_its_cut() =>
        Gen.Select(Cases, Gen.Double[0, 0.99]).Holds((one, p) =>
        {
            CalibrationBlocks blocks = new(one.Scores);
            for (int tap = 0; tap < one.Scores.Length; tap++)
            {
                float[] alone = [.. one.Sample.Select(_ => float.MinValue)];
                alone[tap] = one.Sample[tap];
                bool isAbove = blocks.CutAt(tap, p) is float cut && one.Sample[tap] > cut;
                Assert.Equal(isAbove, blocks.PValue(alone, out _) <= p);
            }
        }, count: 5000);

    [Fact]
    public void A_score_is_flagged_exactly_above_the_cut_at_every_threshold_that_p_can_take() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 400]).Holds((count, step) =>
        {
            CalibrationBlocks blocks = new([[.. Enumerable.Range(1, count).Select(i => (float)i)]]);
            double p = Math.Min(step, count) / (count + 1.0);
            float cut = blocks.CutAt(0, p)!.Value;
            Assert.True(blocks.PValue([cut], out _) > p);
            Assert.True(blocks.PValue([cut + 0.5f], out _) <= p);
        }, count: 5000);

    [Fact]
    public void The_calibration_samples_own_p_values_are_the_steps_behind_theirs()
    {
        CalibrationBlocks blocks = new([[3, 1, 2]]);
        Assert.Equal([2 / 4.0, 4 / 4.0, 3 / 4.0], blocks.OwnPValues());
        Assert.Equal([1, 1, 1], new CalibrationBlocks([[5, 5, 5]]).OwnPValues());
    }

    // Two taps that depend on each other as those of one network do.
    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    [InlineData(1)]
    public void P_values_of_in_distribution_data_are_uniform(double shared)
    {
        const int Count = 19, Draws = 100_000;
        Random random = new(5);
        int[] histogram = new int[Count + 2];
        for (int i = 0; i < Draws; i++)
        {
            float[][] rows = [.. Enumerable.Range(0, Count + 1).Select(_ => Pair())];
            CalibrationBlocks blocks = new([
                [.. rows.Take(Count).Select(row => row[0])], [.. rows.Take(Count).Select(row => row[1])]]);
            histogram[(int)Math.Round(blocks.PValue(rows[Count], out _) * (Count + 1))]++;
        }

        double expected = Draws / (Count + 1.0);
        double statistic = histogram.Skip(1).Sum(n => (n - expected) * (n - expected) / expected);
        Assert.InRange(statistic, 0, SpecialFunctions.ChiSquaredQuantile(0.999, Count));

        float[] Pair()
        {
            double common = random.NextDouble();
            return [(float)Mix(common), (float)Mix((1 - common) * (1 - common))];
        }

        double Mix(double common) => (shared * common) + ((1 - shared) * random.NextDouble());
    }

    // Independent uniform scores: not beyond the cuts is the rectangle below c and d, less its corner above x + y = j.
    [Fact]
    public void Realised_false_alarm_rates_of_two_taps_follow_the_beta_distribution()
    {
        const int Count = 300, Steps = 15, Splits = 4000;
        Random random = new(6);
        double[] rates = [.. Enumerable.Range(0, Splits).Select(_ => Rate()).Order()];
        double greatestGap = rates
            .Select((rate, i) => SpecialFunctions.Beta(Steps, Count + 1 - Steps, rate) - (i + 0.5) / Splits)
            .Max(Math.Abs);
        Assert.InRange(greatestGap, 0, 1.95 / Math.Sqrt(Splits));

        double Rate()
        {
            CalibrationBlocks blocks = new([Uniform(), Uniform()]);
            double threshold = Steps / (Count + 1.0);
            double c = (double)blocks.CutAt(0, threshold)!, d = (double)blocks.CutAt(1, threshold)!;
            double corner = c + d - (double)blocks.CutAt(2, threshold)!;
            return 1 - (c * d) + Triangle(corner) - Triangle(corner - c) - Triangle(corner - d);
        }

        float[] Uniform() => [.. Enumerable.Range(0, Count).Select(_ => random.NextSingle())];

        static double Triangle(double side) => side > 0 ? side * side / 2 : 0;
    }

    // The definition: each step takes away the oddest sample that is left in its view, until one cuts the sample off.
    private static double PeelSlowly(float[][] scores, float[] sample)
    {
        int count = scores[0].Length;
        List<int> left = [.. Enumerable.Range(0, count)];
        for (int step = 1; step <= count; step++)
        {
            int tap = scores.Length == 1 ? 0 : step % 4 == 0 ? (step / 4 - 1) % scores.Length : -1;
            float Of(int i) => tap < 0 ? scores.Sum(one => one[i]) : scores[tap][i];
            int oddest = left.First(i => left.All(other => Of(i) >= Of(other)));
            if ((tap < 0 ? sample.Sum() : sample[tap]) > Of(oddest))
                return step / (count + 1.0);
            left.Remove(oddest);
        }

        return 1;
    }
}
