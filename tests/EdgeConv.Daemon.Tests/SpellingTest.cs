using EdgeConv.Daemon.Options;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class SpellingTest
{
    private static readonly string[] Known = ["latency_ms", "rate_hz", "temperature_celsius"];

    [Theory]
    [InlineData("latency", "latency_ms")]
    [InlineData("Rate_Hz", "rate_hz")]
    [InlineData("temprature_celsius", "temperature_celsius")]
    [InlineData("colour", null)]
    public void The_nearest_word_is_offered_only_when_it_is_near(string word, string? expected) =>
        Assert.Equal(expected, Spelling.Nearest(word, Known));
}
