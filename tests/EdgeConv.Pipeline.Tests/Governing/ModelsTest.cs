using CsCheck;
using EdgeConv.Pipeline.Governing;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

/// <summary>What the governors learn of the plant.</summary>
public sealed class ModelsTest
{
    [Fact]
    public void Coefficients_that_stand_still_are_found()
    {
        Gen.Select(Gen.Double[-5, 5], Gen.Double[0.5, 3], Gen.Int[1, 1000]).Sample((offset, slope, seed) =>
        {
            CoefficientFilter filter = new([0, 1], [10, 2], [0, 0], 0.01);
            Random random = new(seed);
            for (int i = 0; i < 200; i++)
            {
                double x = random.NextDouble() * 4;
                filter.Update([1, x], offset + slope * x + (random.NextDouble() - 0.5) * 0.02, 1);
            }

            Assert.Equal(offset, filter[0], 0.02);
            Assert.Equal(slope, filter[1], 0.02);
        });
    }

    [Fact]
    public void A_lone_outlier_moves_nothing_and_three_in_a_row_are_a_jump()
    {
        CoefficientFilter filter = new([3, 1], [1, 0.1], [0.01, 0], 0.05);
        for (int i = 0; i < 100; i++)
            filter.Update([1, 0], 3, 1);
        filter.Update([1, 0], 60_000, 1);
        Assert.Equal(3, filter[0], 1e-9);
        for (int i = 0; i < 3; i++)
            filter.Update([1, 0], 4, 1);
        Assert.Equal(4, filter[0], 0.1);
    }

    [Fact]
    public void The_noise_of_a_sensor_is_learned()
    {
        Random random = new(1);
        CoefficientFilter filter = new([0, 1], [1, 0.1], [0.01, 0], 0.01);
        double sum = 0;
        for (int i = 0; i < 4000; i++)
        {
            filter.Update([1, 0], Gauss(random) * 0.5, 1);
            sum += filter.Noise;
        }

        Assert.Equal(0.5, sum / 4000, 0.05);
    }

    [Fact]
    public void Power_is_split_into_the_pipelines_and_the_rest()
    {
        Random random = new(2);
        PowerModel model = new(restWatts: 0);
        double load = 1;
        for (int i = 0; i < 600; i++)
        {
            if (i % 60 == 0)
                load = random.NextDouble() * 3;
            model.Observe(2.5 + 1.6 * load + Gauss(random) * 0.03, load, 1);
        }

        Assert.Equal(1.6, model.Scale, 0.1);
        Assert.Equal(2.5, model.OtherWatts, 0.2);
        Assert.Equal(4, model.WattsAt(model.LoadAt(4)), 1e-9);
    }

    [Fact]
    public void Without_a_rail_the_profiles_are_believed()
    {
        PowerModel model = new(restWatts: 0);
        Assert.Equal(2, model.WattsAt(2));
        Assert.Equal(2, model.LoadAt(2));
    }

    [Fact]
    public void Heat_is_foreseen()
    {
        // A board of 4 °C/W after 150 s and a chip of 2 °C/W after 6 s, lags that the model does not have; 30 °C around.
        Random random = new(3);
        ThermalModel model = new();
        (double board, double chip, double watts) = (8, 4, 2);
        for (int i = 0; i < 4000; i++)
        {
            if (i % 400 == 0)
                watts = 1 + random.NextDouble() * 4;
            board += (4 * watts - board) / 150;
            chip += (2 * watts - chip) / 6;
            model.Observe(30 + board + chip + Gauss(random) * 0.3, watts, 2, 1);
        }

        Assert.Equal((60 - 30) / 6.0, model.SustainableWatts(60), 0.5);
        Assert.Equal(30 + board + chip, model.Celsius, 0.5);
        double within = model.WattsWithin(60, 45);
        double after = board + (4 * within - board) * (1 - Math.Exp(-45 / 150.0)) + 2 * within;
        Assert.Equal(60, 30 + after, 3.0);
    }

    [Fact]
    public void A_thermometer_that_says_nothing_teaches_nothing()
    {
        ThermalModel model = new();
        model.Observe(null, 3, 3, 1);
        Assert.False(model.IsReady);
        model.Observe(50, 3, 3, 1);
        Assert.True(model.IsReady);
        double before = model.SustainableWatts(70);
        for (int i = 0; i < 100; i++)
            model.Observe(null, 3, 3, 1);
        Assert.Equal(before, model.SustainableWatts(70), 1e-9);
    }

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
