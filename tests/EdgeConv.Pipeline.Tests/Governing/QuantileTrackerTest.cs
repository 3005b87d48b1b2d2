using EdgeConv.Pipeline.Governing;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class QuantileTrackerTest
{
    private const double Quantile = 0.99;
    private readonly Random _random = new(7);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_settles_where_one_value_in_a_hundred_is_greater(int seed)
    {
        Random random = new(seed);
        QuantileTracker tracker = new(Quantile, 0, 0.02);
        int greater = 0;
        const int count = 50_000;
        for (int i = 0; i < 2 * count; i++)
        {
            double value = -Math.Log(1 - random.NextDouble());
            if (i >= count && value > tracker.Value)
                greater++;
            tracker.Add(value);
        }

        Assert.InRange((double)greater / count, 0.008, 0.0125);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.99)]
    public void Of_uniform_values_it_is_the_quantile(double quantile)
    {
        Random random = new(4);
        QuantileTracker tracker = new(quantile, 0, 0.01);
        double sum = 0;
        for (int i = 0; i < 100_000; i++)
        {
            tracker.Add(random.NextDouble());
            sum += tracker.Value;
        }

        Assert.Equal(quantile, sum / 100_000, 0.02);
    }

    [Fact]
    public void What_was_long_ago_is_forgotten_within_a_few_hundred_values()
    {
        QuantileTracker tracker = new(Quantile, 0, 0.008);
        for (int i = 0; i < 10_000; i++)
            tracker.Add(3 * _random.NextDouble());
        Assert.InRange(tracker.Value, 2.5, 3);
        for (int i = 0; i < 250; i++)
            tracker.Add(0.2 * _random.NextDouble());
        Assert.InRange(tracker.Value, 0, 0.21);
    }

    [Fact]
    public void One_great_value_moves_it_by_a_step()
    {
        QuantileTracker tracker = new(Quantile, 0.1, 0.008);
        tracker.Add(100);
        Assert.Equal(0.1 + 0.008 * Quantile, tracker.Value, 12);
    }
}
