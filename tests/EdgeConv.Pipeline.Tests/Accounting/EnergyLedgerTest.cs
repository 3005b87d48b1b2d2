using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Accounting;

public sealed class EnergyLedgerTest
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Before_an_inference_there_is_nothing_to_tell() => Assert.Null(new EnergyLedger(_time).Use());

    [Fact]
    public void What_is_common_adds_up_and_noise_adds_by_squares()
    {
        EnergyLedger ledger = new(_time);
        for (int i = 0; i < 9; i++)
            ledger.Book(new BookedEnergy(2, 0.2, 0.8, 10, false));
        EnergyUse use = ledger.Use()!;
        Assert.Equal(18, use.TotalJoules, 12);
        Assert.Equal(Math.Sqrt(1.8 * 1.8 + 9 * 0.64), use.TotalUncertaintyJoules, 12);
        Assert.False(use.IsEstimated);
    }

    [Fact]
    public void An_inference_is_the_mean_of_about_the_last_minute()
    {
        EnergyLedger ledger = new(_time);
        for (int second = 0; second < 600; second++)
            Book(ledger, second < 300 ? 1 : 3, inferences: 10);
        Assert.Equal(300, ledger.Use()!.Inference.Millijoules, 300 * Math.Exp(-5));
        _time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(300, ledger.Use()!.Inference.Millijoules, 300 * Math.Exp(-5));
    }

    [Fact]
    public void Half_an_inference_after_a_long_rest_is_no_mean()
    {
        EnergyLedger ledger = new(_time);
        Book(ledger, 2, inferences: 1);
        _time.Advance(TimeSpan.FromMinutes(15));
        Book(ledger, 1, inferences: 0);
        Assert.Equal(2000, ledger.Use()!.Inference.Millijoules, 6);
        Book(ledger, 1, inferences: 1);
        Assert.Equal(2000, ledger.Use()!.Inference.Millijoules, 3);
        Assert.Equal(4, ledger.Use()!.TotalJoules);
    }

    [Fact]
    public void A_day_ends_at_midnight_and_its_energy_is_that_of_the_day_before()
    {
        EnergyLedger ledger = new(_time);
        Book(ledger, 5, 1);
        _time.Advance(TimeSpan.FromDays(1));
        Book(ledger, 7, 1);
        EnergyUse use = ledger.Use()!;
        Assert.Equal((7, 5, 12), (use.DayJoules, use.DayBeforeJoules, use.TotalJoules));
    }

    [Fact]
    public void After_a_clock_that_was_set_by_days_no_day_before_is_known()
    {
        EnergyLedger ledger = new(_time);
        Book(ledger, 5, 1);
        _time.Advance(TimeSpan.FromDays(20_000));
        EnergyUse use = ledger.Use()!;
        Assert.Equal((0, null, 5), (use.DayJoules, use.DayBeforeJoules, use.TotalJoules));
    }

    [Fact]
    public void One_estimate_makes_the_total_an_estimate_and_the_inference_until_it_is_forgotten()
    {
        EnergyLedger ledger = new(_time);
        ledger.Book(new BookedEnergy(1, 0.5, 0, 1, true));
        for (int second = 0; second < 3600; second++)
            Book(ledger, 1, 1);
        Assert.True(ledger.Use()!.IsEstimated);
        _time.Advance(TimeSpan.FromHours(1));
        Book(ledger, 1, 1);
        Assert.False(ledger.Use()!.Inference.IsEstimated);
    }

    [Fact]
    public void Booking_allocates_nothing()
    {
        EnergyLedger ledger = new(_time);
        Assert.Equal(0, Allocation.Least(() => Book(ledger, 1, 1)));
    }

    private void Book(EnergyLedger ledger, double joules, int inferences)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        ledger.Book(new BookedEnergy(joules, 0, 0, inferences, false));
    }
}
