using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>What <c>edgeconv check</c> says of sources that come over the network.</summary>
public sealed class CheckMessagesTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_group_at_the_embedded_broker_is_refused_before_it_is_there() => Assert.Contains(
        "source.group: the embedded broker shares nothing",
        Refusal("mqtt: { port: 18883 }", "kind: mqtt, topic: a, group: g, format: image"), StringComparison.Ordinal);

    [Fact]
    public void Without_a_group_the_embedded_broker_need_not_be_there() =>
        Assert.Equal(0, CommandRun.Run("check", Write("mqtt: { port: 18883 }", "kind: mqtt, topic: a, format: image")).Status);

    [Fact]
    public void A_broker_that_is_not_there_is_named() => Assert.Contains(
        "mqtt:$share/g/a: cannot reach 127.0.0.1:1: connection refused",
        Refusal("mqtt: { port: 18883 }", "kind: mqtt, topic: a, group: g, format: image, broker: { host: 127.0.0.1, port: 1 }"),
        StringComparison.Ordinal);

    [Fact]
    public void Messages_that_the_model_does_not_take_are_named() => Assert.Contains(
        "mqtt gives windows of samples; the model takes pictures",
        Refusal("mqtt: { port: 18883 }", "kind: mqtt, topic: a, format: json"), StringComparison.Ordinal);

    private string Refusal(string mqtt, string source) => CommandRun.Refusal("check", Write(mqtt, source));

    private string Write(string mqtt, string source)
    {
        string model = Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx");
        string config = Path.Combine(_folder, "c.yaml");
        File.WriteAllText(config,
            $"{mqtt}\npipelines: [{{ name: a, source: {{ {source} }}, models: [{{ path: {model} }}] }}]\n");
        return config;
    }
}
