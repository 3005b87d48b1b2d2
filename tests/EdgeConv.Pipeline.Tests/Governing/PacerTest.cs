using CsCheck;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class PacerTest
{
    private readonly ManualTime _time = new();

    [Fact]
    public void The_mean_rate_is_held_whatever_the_source_s()
    {
        Gen.Select(Gen.Double[5, 60], Gen.Double[0.1, 1]).Sample((source, share) =>
        {
            ManualTime time = new();
            Pacer pacer = new(time);
            double rate = source * share;
            int passed = 0;
            for (int i = 0; i < 2000; i++)
            {
                if (pacer.UntilDue(rate) == TimeSpan.Zero)
                {
                    pacer.Pass(rate);
                    passed++;
                }

                time.Advance(TimeSpan.FromSeconds(1 / source));
            }

            Assert.Equal(rate, passed / (2000 / source), rate * 0.02);
        });
    }

    [Fact]
    public void A_source_that_ticks_at_the_rate_loses_nothing()
    {
        Pacer pacer = new(_time);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.Zero, pacer.UntilDue(10));
            pacer.Pass(10);
            _time.Advance(TimeSpan.FromMilliseconds(i % 2 == 0 ? 99.8 : 100.2));
        }
    }

    [Fact]
    public void After_a_long_silence_nothing_is_made_up_for()
    {
        Pacer pacer = new(_time);
        pacer.Pass(10);
        _time.Advance(TimeSpan.FromSeconds(60));
        pacer.Pass(10);
        Assert.Equal(TimeSpan.FromMilliseconds(100), pacer.UntilDue(10));
    }

    [Fact]
    public void A_pause_lets_nothing_through_and_infinity_everything()
    {
        Pacer pacer = new(_time);
        pacer.Pass(double.PositiveInfinity);
        Assert.Equal(TimeSpan.MaxValue, pacer.UntilDue(0));
        Assert.Equal(TimeSpan.Zero, pacer.UntilDue(double.PositiveInfinity));
    }
}
