using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests;

public sealed class HealthRecordTest
{
    private readonly ManualTime _time = new();
    private readonly RecordingSink _sink = new();

    // A log that was not told of the end takes the second for the first.
    [Theory]
    [InlineData(4, "damaged")]
    [InlineData(6, "damaged", null, "damaged")]
    public void A_bad_sample_is_told_anew_when_minutes_of_good_ones_lie_between(int minutes, params string?[] told)
    {
        HealthRecord health = new("p", _sink, _time);
        health.CountBad("damaged");
        _time.Advance(TimeSpan.FromMinutes(minutes));
        health.CountResult(isOod: false);
        health.CountBad("damaged");
        Assert.Equal(told, _sink.Health.Select(one => one.Problem));
    }

    // The program was stopped, or the source silent.
    [Fact]
    public void A_bad_sample_is_told_anew_after_minutes_without_any()
    {
        HealthRecord health = new("p", _sink, _time);
        health.CountBad("damaged");
        _time.Advance(TimeSpan.FromMinutes(6));
        health.CountBad("damaged");
        Assert.Equal(["damaged", null, "damaged"], _sink.Health.Select(one => one.Problem));
    }
}
