using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeConv.Core;
using EdgeConv.Testing;
using NJsonSchema;

namespace EdgeConv.Mqtt.Tests;

public sealed class PayloadTest
{
    private static readonly Lazy<Task<JsonSchema>> s_resultSchema = new(
        () => SchemaAsync("result.schema.json"));
    private static readonly Lazy<Task<JsonSchema>> s_healthSchema = new(
        () => SchemaAsync("health.schema.json"));

    [Fact]
    public async Task Every_result_obeys_the_schema_whatever_its_texts_and_numbers()
    {
        JsonSchema schema = await s_resultSchema.Value;
        Samples.Results.Sample(result => Check(schema, Write(result)), iter: 2000);
    }

    [Fact]
    public async Task Every_health_obeys_the_schema_whatever_its_texts_and_numbers()
    {
        JsonSchema schema = await s_healthSchema.Value;
        Samples.Healths.Sample(health => Check(schema, Write(health)), iter: 2000);
    }

    [Fact]
    public void A_result_reads_back_as_it_was_written() => Samples.Results.Sample(result =>
    {
        ResultPayload written = ResultPayload.From(result);
        ResultPayload read = JsonSerializer.Deserialize(Write(result), PayloadJson.Default.ResultPayload)!;
        Assert.Equal(Valid(written.Origin), read.Origin);
        Assert.Equal(written.Top?.Select(one => one with { Label = Valid(one.Label) }), read.Top);
        Assert.Equal(written.Boxes?.Select(one => one with { Label = Valid(one.Label) }), read.Boxes);
        Assert.Equal(
            (written.Ts, written.Seq, written.Kind, written.Score),
            (read.Ts, read.Seq, read.Kind, read.Score));
        Assert.Equal(written.LatencyMs, read.LatencyMs);
        Assert.Equal((written.EnergyMj, written.EnergyEstimated), (read.EnergyMj, read.EnergyEstimated));
        Assert.Equal((written.Gate?.P, written.Gate?.Distance), (read.Gate?.P, read.Gate?.Distance));
    });

    [Fact]
    public void A_classification_looks_like_this()
    {
        const string Right = """
            {"ts":"2026-08-01T12:00:00.250Z","seq":42,"pipeline":"fashion","origin":"7.png",
            "model":{"name":"fashion-m",
            "sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
            "kind":"classification","label":"Ankle boot","score":0.93,
            "top":[{"label":"Ankle boot","score":0.93},{"label":"Sneaker","score":0.05}],
            "gate":{"verdict":"accepted","p":0.41,"distance":37.5,"tap":"features.8"},
            "latency_ms":{"total":4.375,"queue":1,"preprocess":0.25,"infer":2.5,"decode":0.125,"gate":0.5},
            "energy_mj":9.5,"energy_estimated":true,
            "operating_point":{"model":"fashion-m","member":0,"threads":2,"rate_hz":null,
            "reason":"within budget"}}
            """;
        Assert.Equal(Right.ReplaceLineEndings(""), Write(Samples.Result(42)));
    }

    [Fact]
    public async Task The_example_in_the_documentation_is_what_is_written()
    {
        string page = await File.ReadAllTextAsync(
            Repository.PathOf("deploy", "config", "README.md"), TestContext.Current.CancellationToken);
        string example = page.Split("```json")[1].Split("```")[0];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(example), JsonNode.Parse(Write(Samples.Result(42)))));
    }

    [Fact]
    public void A_detection_that_found_nothing_has_no_label_and_an_empty_list()
    {
        Result result = Samples.Result(0) with
        {
            Prediction = new Prediction { Kind = PredictionKind.Detection },
            Gate = null,
        };
        Assert.Contains(
            "\"kind\":\"detection\",\"label\":null,\"score\":null,\"boxes\":[],\"gate\":null,", Write(result),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Letters_beyond_ascii_stay_readable()
    {
        Assert.Contains(
            "\"origin\":\"Tür 漢 <1>.png\"", Write(Samples.Result(0, origin: "Tür 漢 <1>.png")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"seq\":42", "\"seq\":-1")]
    [InlineData("\"seq\":42", "\"seq\":\"42\"")]
    [InlineData("\"seq\":42,", "")]
    [InlineData("\"seq\":42", "\"seq\":42,\"more\":1")]
    [InlineData("12:00:00.250Z", "12:00:00Z")]
    [InlineData("12:00:00.250Z", "12:00:00.250+00:00")]
    [InlineData("\"pipeline\":\"fashion\"", "\"pipeline\":\"a/b\"")]
    [InlineData("\"kind\":\"classification\"", "\"kind\":\"detection\"")]
    [InlineData("\"kind\":\"classification\"", "\"kind\":\"guess\"")]
    [InlineData("\"score\":0.93,\"top\"", "\"score\":1.5,\"top\"")]
    [InlineData("\"score\":0.05}", "\"score\":\"NaN\"}")]
    [InlineData("\"verdict\":\"accepted\"", "\"verdict\":\"maybe\"")]
    [InlineData("\"p\":0.41", "\"p\":1.41")]
    [InlineData("\"infer\":2.5,", "")]
    [InlineData("\"sha256\":\"0", "\"sha256\":\"G")]
    [InlineData("\"threads\":2", "\"threads\":0")]
    [InlineData("\"energy_mj\":9.5", "\"energy_mj\":\"Infinity\"")]
    public async Task The_result_schema_refuses_what_is_not_promised(string right, string wrong)
    {
        string json = Write(Samples.Result(42));
        Assert.Contains(right, json, StringComparison.Ordinal);
        JsonSchema schema = await s_resultSchema.Value;
        Assert.Empty(schema.Validate(json));
        Assert.NotEmpty(schema.Validate(json.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"state\":\"running\"", "\"state\":\"Running\"")]
    [InlineData("\"results\":5", "\"results\":5.5")]
    [InlineData("\"results\":5,", "")]
    [InlineData("\"temperature_c\":51.5", "\"temperature_c\":\"hot\"")]
    [InlineData("\"rate_hz\":10", "\"rate_hz\":-10")]
    public async Task The_health_schema_refuses_what_is_not_promised(string right, string wrong)
    {
        string json = Write(Samples.Health(5));
        Assert.Contains(right, json, StringComparison.Ordinal);
        JsonSchema schema = await s_healthSchema.Value;
        Assert.Empty(schema.Validate(json));
        Assert.NotEmpty(schema.Validate(json.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_health_of_the_broker_obeys_the_schema()
    {
        JsonSchema schema = await s_healthSchema.Value;
        BrokerHealthPayload payload = new()
        {
            Ts = "2026-08-01T12:00:00.250Z",
            ClientId = "edgeconv-pi",
            Connects = 1,
            Queued = 2,
            QueueLimit = 3,
            Dropped = 4,
            Published = 5,
            Refused = 6,
            LastProblem = null,
        };
        using Flight flight = new();
        ReadOnlySpan<byte> json = flight.Write(payload, PayloadJson.Default.BrokerHealthPayload).FirstSpan;
        Check(schema, Encoding.UTF8.GetString(json));
    }

    [Fact]
    public void Writing_a_result_allocates_little_and_queueing_it_nothing()
    {
        Result result = Samples.Result(1);
        using Flight flight = new();
        Outbox outbox = new(100);
        for (int i = 0; i < 200; i++)
        {
            flight.Write(ResultPayload.From(result), PayloadJson.Default.ResultPayload);
            outbox.Add(result);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            flight.Write(ResultPayload.From(result), PayloadJson.Default.ResultPayload);
        long writing = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            outbox.Add(result);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        TestContext.Current.SendDiagnosticMessage("bytes allocated to write one result: {0}", writing);
        Assert.InRange(writing, 1, 1024);
    }

    private static void Check(JsonSchema schema, string json)
    {
        if (schema.Validate(json) is { Count: > 0 } errors)
            Assert.Fail($"{json}\n{string.Join('\n', errors)}");
    }

    private static string Write(Result result)
    {
        using Flight flight = new();
        return Encoding.UTF8.GetString(
            flight.Write(ResultPayload.From(result), PayloadJson.Default.ResultPayload).FirstSpan);
    }

    private static string Write(Health health)
    {
        using Flight flight = new();
        return Encoding.UTF8.GetString(
            flight.Write(HealthPayload.From(health), PayloadJson.Default.HealthPayload).FirstSpan);
    }

    /// <summary>Half a surrogate pair is no character: it becomes U+FFFD.</summary>
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static async Task<JsonSchema> SchemaAsync(string name) =>
        await JsonSchema.FromJsonAsync(
            await File.ReadAllTextAsync(Repository.PathOf("deploy", "config", name)));
}
