using CsCheck;
using EdgeConv.Pipeline.Governing;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class FrontierTest
{
    private static readonly Gen<PointProfile[]> s_profiles = Gen.Select(
        Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 5],
        (accuracy, ms, joules) => new PointProfile(0, "m", 1, accuracy / 10.0, TimeSpan.FromMilliseconds(ms), joules))
        .Array[1, 12];

    [Fact]
    public void Every_profile_is_on_it_or_beaten_by_one_that_is()
    {
        s_profiles.Sample(profiles =>
        {
            Frontier frontier = new(profiles);
            Assert.All(profiles, p => Assert.Contains(PointsOf(frontier), q => IsNoWorse(q, p)));
        });
    }

    [Fact]
    public void Nothing_on_it_beats_another()
    {
        s_profiles.Sample(profiles =>
        {
            PointProfile[] points = PointsOf(new Frontier(profiles));
            for (int i = 0; i < points.Length; i++)
            {
                for (int j = 0; j < points.Length; j++)
                    Assert.False(i != j && IsNoWorse(points[i], points[j]));
            }
        });
    }

    [Fact]
    public void What_is_not_on_it_is_beaten_by_a_point_that_is()
    {
        s_profiles.Sample(profiles =>
        {
            PointProfile[] points = PointsOf(new Frontier(profiles));
            for (int i = 0; i < profiles.Length; i++)
            {
                if (Frontier.BeatenBy(profiles, i) is not { } better)
                {
                    Assert.Contains(points, p => ReferenceEquals(p, profiles[i]));
                    continue;
                }

                Assert.DoesNotContain(points, p => ReferenceEquals(p, profiles[i]));
                Assert.Contains(points, p => ReferenceEquals(p, profiles[better]));
                Assert.True(IsNoWorse(profiles[better], profiles[i]));
            }
        });
    }

    [Fact]
    public void Accuracy_falls_along_it()
    {
        s_profiles.Sample(profiles =>
        {
            double[] accuracies = [.. PointsOf(new Frontier(profiles)).Select(p => p.Accuracy)];
            Assert.Equal(accuracies.OrderDescending(), accuracies);
        });
    }

    [Fact]
    public void Of_equal_accuracy_the_one_of_less_energy_comes_first()
    {
        Frontier frontier = new(
            [new(0, "b", 4, 0.7, TimeSpan.FromMilliseconds(3), 9), new(1, "b", 1, 0.7, TimeSpan.FromMilliseconds(8), 5)]);
        Assert.Equal([1, 4], PointsOf(frontier).Select(p => p.Threads));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, double.NaN)]
    public void A_profile_without_time_or_energy_is_refused(double milliseconds, double joules) =>
        Assert.Throws<ArgumentException>(() =>
            new Frontier([new PointProfile(0, "m", 1, 0.5, TimeSpan.FromMilliseconds(milliseconds), joules)]));

    private static PointProfile[] PointsOf(Frontier frontier) =>
        [.. Enumerable.Range(0, frontier.Count).Select(i => frontier[i])];

    private static bool IsNoWorse(PointProfile a, PointProfile b) =>
        a.Accuracy >= b.Accuracy && a.Service <= b.Service && a.Joules <= b.Joules;
}
