using EdgeConv.Core;
using EdgeConv.Testing;

namespace EdgeConv.Mqtt.Tests;

public sealed class OptionsTest
{
    private static readonly string NoCertificate = Repository.PathOf("README.md");

    [Fact]
    public void The_defaults_are_valid_and_name_this_machine()
    {
        MqttOptions options = new();
        options.Validate();
        Assert.Equal($"edgeconv/{MqttOptions.Node}", options.Base);
        Assert.Equal($"edgeconv-{MqttOptions.Node}", options.ClientId);
        Assert.Equal(1883, options.EffectivePort);
        Assert.Equal(8883, (options with { Tls = new MqttTls() }).EffectivePort);
    }

    public static TheoryData<MqttOptions, string> Wrong => new()
    {
        { new MqttOptions { Base = "" }, "mqtt.base: '' " },
        { new MqttOptions { Base = "a//b" }, "mqtt.base: 'a//b' " },
        { new MqttOptions { Base = "a/#" }, "mqtt.base" },
        { new MqttOptions { Base = "a\0" }, "mqtt.base" },
        { new MqttOptions { Base = new string('a', 257) }, "mqtt.base" },
        { new MqttOptions { Host = "not a host" }, "mqtt.host: 'not a host' " },
        { new MqttOptions { Port = 65536 }, "mqtt.port: 65536 " },
        { new MqttOptions { Host = "h", Port = 0 }, "mqtt.port" },
        { new MqttOptions { ClientId = "" }, "mqtt.client_id" },
        { new MqttOptions { Password = "p" }, "mqtt.user" },
        { new MqttOptions { Qos = 2 }, "mqtt.qos: 2 " },
        { new MqttOptions { QueueLimit = 0 }, "mqtt.queue_limit: 0 " },
        { new MqttOptions { Window = 0 }, "mqtt.window: 0 " },
        { new MqttOptions { KeepAlive = TimeSpan.Zero }, "mqtt.keep_alive: 0 s is not in 1..65535 s" },
        { new MqttOptions { ResultExpiry = TimeSpan.FromMilliseconds(5) }, "mqtt.result_expiry" },
        { new MqttOptions { ReconnectMax = TimeSpan.Zero }, "mqtt.reconnect_max" },
        { new MqttOptions { Tls = new MqttTls { CaFile = "/no/such.crt" } }, "/no/such.crt: cannot read" },
        { new MqttOptions { Tls = new MqttTls { CaFile = "/dev/null" } }, "/dev/null: cannot read authorities (PEM): is a pipe, a device" },
        { new MqttOptions { Tls = new MqttTls { CaFile = NoCertificate } }, $"{NoCertificate}: holds no certificate" },
        { new MqttOptions { Tls = new MqttTls { KeyFile = "k" } }, "mqtt.tls: certificate and key go" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_value_is_an_error_that_names_its_key(MqttOptions options, string start)
    {
        ConfigError error = Assert.Throws<ConfigError>(options.Validate);
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "localhost:1883")]
    [InlineData("broker.lan", "broker.lan:1883")]
    [InlineData("my_broker", "my_broker:1883")]
    [InlineData("192.168.1.2", "192.168.1.2:1883")]
    [InlineData("fd00::2", "[fd00::2]:1883")]
    public void Hosts_are_names_and_addresses(string host, string address)
    {
        MqttOptions options = new() { Host = host };
        options.Validate();
        Assert.Equal(address, options.Address);
    }

    [Fact]
    public void A_sink_without_a_host_is_refused() =>
        Assert.Throws<ConfigError>(() => MqttSink.Start(new MqttOptions()));

    [Theory]
    [InlineData("cam0", true)]
    [InlineData("Front_Door-2", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("+", false)]
    [InlineData("#", false)]
    [InlineData("$SYS", false)]
    [InlineData("ä", false)]
    [InlineData("a\0", false)]
    public void Names_are_letters_digits_underscore_and_hyphen(string? name, bool right) =>
        Assert.Equal(right, Topics.IsName(name));

    [Fact]
    public void Topics_lie_below_the_base()
    {
        Topics topics = new("edgeconv/pi");
        Assert.Equal(
            ["edgeconv/pi/status", "edgeconv/pi/health", "edgeconv/pi/a/result", "edgeconv/pi/a/health"],
            [topics.Status, topics.Health, topics.ResultOf("a"), topics.HealthOf("a")]);
        Assert.Throws<ArgumentException>(() => topics.ResultOf("a/b"));
        Assert.Equal("pi-local-1", Topics.NameFrom("pi.local 1"));
    }
}
