using EdgeConv.Core;
using EdgeConv.Mqtt.Inlets;

namespace EdgeConv.Mqtt.Tests.Inlets;

public sealed class TopicFilterTest
{
    [Theory]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData("a//b")]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("a/+/b/#")]
    [InlineData("+/+")]
    [InlineData("$SYS/#")]
    [InlineData("sensors/ä b/window")]
    public void Levels_with_wildcards_that_stand_alone_are_a_filter(string filter) => Assert.True(TopicFilter.IsValid(filter));

    [Theory]
    [InlineData("")]
    [InlineData("a+")]
    [InlineData("a/b#")]
    [InlineData("#/a")]
    [InlineData("a/++")]
    [InlineData("a\0b")]
    public void Anything_else_is_none(string filter) => Assert.False(TopicFilter.IsValid(filter));

    [Fact]
    public void A_filter_has_the_same_identifier_at_every_start_and_another_group_another()
    {
        Assert.Equal(TopicFilter.IdOf("$share/a/t"), TopicFilter.IdOf("$share/a/t"));
        Assert.NotEqual(TopicFilter.IdOf("$share/a/t"), TopicFilter.IdOf("$share/b/t"));
        Assert.All(Enumerable.Range(0, 10_000), i => Assert.InRange(TopicFilter.IdOf($"t/{i}"), 1u, 268_435_455u));
    }

    [Theory]
    [InlineData("topic: '$share/g/t' holds a group")]
    [InlineData("topic: 'a+' is no topic filter")]
    [InlineData("group: 'g/h' is no name of a group")]
    [InlineData("client_id: must have 1 to 128 characters")]
    [InlineData("in_flight: 0 is not in 1..1000")]
    [InlineData("max_payload_kb: 0 is not in 1..262144")]
    [InlineData("session_expiry_s: 0 s is not in 1..4294967294 s")]
    [InlineData("protocol: 3.1.1 has no limit on what is in flight")]
    public void A_wrong_option_is_named_with_what_would_be_right(string problem)
    {
        InletOptions right = new() { Topic = "t", ClientId = "c" };
        right.Validate();
        InletOptions wrong = problem.Split(':')[0] switch
        {
            "topic" when problem.Contains("$share", StringComparison.Ordinal) => right with { Topic = "$share/g/t" },
            "topic" => right with { Topic = "a+" },
            "group" => right with { Group = "g/h" },
            "client_id" => right with { ClientId = "" },
            "in_flight" => right with { InFlight = 0 },
            "max_payload_kb" => right with { MaxPayloadBytes = 0 },
            "session_expiry_s" => right with { SessionExpiry = TimeSpan.Zero },
            _ => right with { Broker = new MqttOptions { Protocol = MqttProtocol.V311 } },
        };
        ConfigError error = Assert.Throws<ConfigError>(wrong.Validate);
        Assert.StartsWith($"source.{problem}", error.Message, StringComparison.Ordinal);
    }
}
