using EdgeConv.Daemon.Reporting;
using Xunit;

namespace EdgeConv.Daemon.Tests.Reporting;

public sealed class UnusualSamplesTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_most_unusual_are_kept_in_order_whatever_order_they_come_in(bool isLeast)
    {
        (double P, double Score)[] all = [.. Enumerable.Range(0, 60).Select(i => (i / 3 * 0.01, (double)(i % 3)))];
        UnusualSamples samples = new("t", isLeast);
        (double P, double Score)[] shuffled = [.. all];
        new Random(1).Shuffle(shuffled);
        foreach ((double p, double score) in shuffled)
            samples.Offer("o", p, score, () => "");
        IEnumerable<(double P, double Score)> expected = isLeast
            ? all.OrderBy(one => one.P).ThenByDescending(one => one.Score)
            : all.OrderByDescending(one => one.P).ThenBy(one => one.Score);
        Assert.Equal(expected.Take(UnusualSamples.Most), samples.Samples.Select(one => (one.P, one.Score)));
    }

    [Fact]
    public void What_is_not_kept_is_not_drawn()
    {
        UnusualSamples samples = new("t", isLeast: true);
        int drawn = 0;
        for (int i = 0; i < 100; i++)
            samples.Offer("o", i * 0.01, 0, () => $"{drawn++}");
        Assert.Equal(UnusualSamples.Most, drawn);
    }
}
