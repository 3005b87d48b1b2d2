using CsCheck;
using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Accounting;

public sealed class PowerCalibrationTest
{
    // Cores, MACs and bytes a second of loads as they run on a small board.
    private static readonly (double Cores, double Macs, double Bytes)[] s_loads =
    [
        (0, 0, 0), (1, 0, 0), (1, 9e9, 0), (1, 0, 3e9), (4, 0, 0), (4, 36e9, 0), (4, 0, 5e9), (0, 0, 0),
    ];

    [Fact]
    public void What_made_the_powers_is_found_again() => Gen.Select(
        Gen.Double[0.5, 6], Gen.Double[0.1, 2], Gen.Double[0, 5e-11], Gen.Double[0, 3e-10]).Sample((rest, core, mac, traffic) =>
    {
        EnergyModel model = PowerCalibration.Fit(Loads(rest, core, mac, traffic, _ => 0), 0.88);
        Assert.Equal(rest, model.RestWatts!.Value, 6);
        Assert.Equal(core, model.CoreWatts, 6);
        Assert.Equal(mac * 1e9, model.JoulesPerMac * 1e9, 6);
        Assert.Equal(traffic * 1e9, model.JoulesPerByte * 1e9, 6);
        Assert.Equal(0.88, model.Volts);
    });

    [Fact]
    public void Noise_stays_within_the_uncertainty_that_is_told()
    {
        int outside = 0;
        const int Trials = 400;
        Random random = new(7);
        InferenceWork work = new(0.02, 3e8, 2e7);
        for (int trial = 0; trial < Trials; trial++)
        {
            EnergyModel model = PowerCalibration.Fit(Loads(3, 0.75, 2e-11, 1e-10, _ => 0.02 * Normal(random)), null);
            PointCost cost = model.CostOf(work);
            double truth = 0.75 * work.CoreSeconds + 2e-11 * work.Macs + 1e-10 * work.Bytes;
            if (Math.Abs(cost.Joules - truth) > 2 * cost.Joules * cost.RelativeUncertainty)
                outside++;
        }

        // Two standard deviations leave out 4.6 %; the widening by the scatter makes it fewer.
        Assert.InRange(outside, 1, Trials * 6 / 100);
    }

    [Fact]
    public void No_energy_is_negative_however_the_meter_errs()
    {
        EnergyModel model = PowerCalibration.Fit(Loads(3, 0.75, 0, 0, i => i is 2 or 3 or 5 or 6 ? -0.1 : 0), null);
        Assert.Equal((0, 0), (model.JoulesPerMac, model.JoulesPerByte));
        Assert.True(model.Covariance[4] > 0 && model.Covariance[8] > 0);
        Assert.True(model.CoreWatts > 0);
    }

    [Fact]
    public void A_meter_that_shows_no_load_tells_nothing()
    {
        DataError error = Assert.Throws<DataError>(() => PowerCalibration.Fit(Loads(3, 0, 0, 0, _ => 0), null));
        Assert.Equal(
            "calibration: the power under load is not above the power at rest: 3 W at rest, at most 3 W under load",
            error.Message);
    }

    [Fact]
    public void Energies_go_with_the_square_of_the_voltage()
    {
        EnergyModel model = EnergyModel.Uncalibrated with { Volts = 0.8 };
        Assert.Equal(1.5625, model.FactorAt(1.0), 12);
        Assert.Equal(1, model.FactorAt(null));
        Assert.Equal(1, EnergyModel.Uncalibrated.FactorAt(1.0));
    }

    [Fact]
    public void Without_calibration_a_busy_core_counts_and_half_of_it_is_uncertain()
    {
        PointCost cost = EnergyModel.Uncalibrated.CostOf(new InferenceWork(0.02, 3e8, 2e7));
        Assert.Equal(0.015, cost.Joules, 12);
        Assert.Equal(0.5, cost.RelativeUncertainty, 12);
    }

    private static LoadPower[] Loads(double rest, double core, double mac, double traffic, Func<int, double> error) =>
        [.. s_loads.Select((load, i) => new LoadPower(
            rest + core * load.Cores + mac * load.Macs + traffic * load.Bytes + error(i), 0.02,
            load.Cores, load.Macs, load.Bytes))];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
