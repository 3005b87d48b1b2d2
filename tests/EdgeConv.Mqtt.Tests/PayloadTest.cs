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
    public async Task Every_alarm_event_and_decision_obeys_its_schema_whatever_its_texts_and_numbers()
    {
        JsonSchema governor = await SchemaAsync("governor.schema.json");
        JsonSchema drift = await SchemaAsync("drift.schema.json");
        JsonSchema events = await SchemaAsync("event.schema.json");
        Samples.Alarms.Sample(alarm => Check(drift, Write(alarm)), iter: 1000);
        Samples.Events.Sample(one => Check(events, Write(one)), iter: 1000);
        Samples.Decisions.Sample(one => Check(governor, Write(one)), iter: 1000);
    }

    [Fact]
    public void The_gate_of_an_odd_picture_and_of_an_odd_window_look_like_this()
    {
        GateReading odd = new(Verdict.Ood, 0.001, 370.5, "features.8");
        TopContributions top = new([new ChannelContribution(17, "mean", 120.25)]);
        Result picture = Samples.Result(1) with
        {
            Gate = odd,
            Explanation = new GateExplanation(top, new OddRegion(9.25f, 0, 14, 7), null),
        };
        Assert.Contains("""
            "gate":{"verdict":"ood","p":0.001,"distance":370.5,"tap":"features.8",
            "contributions":[{"channel":17,"statistic":"mean","amount":120.25}],
            "region":{"x":9.25,"y":0,"width":14,"height":7}}
            """.ReplaceLineEndings(""), Write(picture), StringComparison.Ordinal);
        Result window = picture with { Explanation = new GateExplanation(top, null, new OddSpan(90, 180, 360)) };
        Assert.Contains("\"region\":{\"start\":90,\"end\":180,\"start_s\":0.25,\"end_s\":0.5}}",
            Write(window), StringComparison.Ordinal);
    }

    [Fact]
    public void An_alarm_looks_like_this()
    {
        const string Right = """
            {"ts":"2026-08-01T12:00:00.250Z","pipeline":"fashion","advice":"recalibration needed",
            "reference":"calibration","seq":42,"origin":"7.png","model":{"name":"fashion-m",
            "sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
            "martingale":125.5,"alpha":0.01,"samples":57,"page_hinkley":12.25,"page_hinkley_threshold":50}
            """;
        Assert.Equal(Right.ReplaceLineEndings(""), Write(Samples.Alarm(42)));
    }

    [Fact]
    public void An_event_looks_like_this()
    {
        const string Start = """
            {"ts":"2026-08-01T12:00:03.250Z","pipeline":"fashion","id":"20260801T120000250-42",
            "phase":"start","start":"2026-08-01T12:00:00.250Z","end":null,"duration_s":null,"samples":4,
            "peak":{"ts":"2026-08-01T12:00:02.250Z","seq":2,"origin":"7.png","model":{"name":"fashion-m",
            "sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
            "gate":{"verdict":"ood","p":0.001,"distance":370.5,"tap":"features.8"}}}
            """;
        string start = Start.ReplaceLineEndings("");
        Assert.Equal(start, Write(Samples.Event(EventPhase.Start)));
        Assert.Equal(
            start.Replace("\"phase\":\"start\"", "\"phase\":\"end\"", StringComparison.Ordinal).Replace(
                "\"end\":null,\"duration_s\":null", "\"end\":\"2026-08-01T12:00:03.250Z\",\"duration_s\":3",
                StringComparison.Ordinal),
            Write(Samples.Event(EventPhase.End)));
    }

    [Fact]
    public async Task A_decision_looks_like_the_example_in_the_documentation()
    {
        string page = await File.ReadAllTextAsync(
            Repository.PathOf("deploy", "config", "README.md"), TestContext.Current.CancellationToken);
        string example = page.Split("```json")[^1].Split("```")[0];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(example), JsonNode.Parse(Write(Samples.Decision()))));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(2.5, "2.5")]
    [InlineData(double.PositiveInfinity, "null")]
    public void A_pause_has_the_rate_0_and_without_a_limit_it_is_null(double rateHertz, string written) =>
        Assert.Contains(
            $"\"member\":1,\"threads\":2,\"rate_hz\":{written},", Write(Samples.Decision(rateHertz)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(GovernorCause.Latency, "latency", "ms")]
    [InlineData(GovernorCause.Power, "power", "W")]
    [InlineData(GovernorCause.Temperature, "temperature", "°C")]
    [InlineData(GovernorCause.Room, "room", "ms")]
    public void A_cause_has_the_unit_of_its_budget(GovernorCause cause, string budget, string unit)
    {
        string json = Write(Samples.Decision() with { Cause = cause, Measured = 50, Limit = 60 });
        Assert.Contains(
            $"{{\"budget\":\"{budget}\",\"measured\":50,\"limit\":60,\"margin\":10,\"unit\":\"{unit}\"}}", json,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_without_a_limit_has_no_margin_either() => Assert.Contains(
        "\"limit\":null,\"margin\":null,", Write(Samples.Decision() with { Limit = null }),
        StringComparison.Ordinal);

    [Fact]
    public void A_decision_reads_back_as_it_was_written() => Samples.Decisions.Sample(decision =>
    {
        GovernorPayload written = GovernorPayload.Of(decision);
        GovernorPayload read =
            JsonSerializer.Deserialize(Write(decision), PayloadJson.Default.GovernorPayload)!;
        Assert.Equal(Valid(written), Valid(read));

        static GovernorPayload Valid(GovernorPayload one) =>
            one with { From = ValidPoint(one.From), To = ValidPoint(one.To) };

        static OperatingPointPayload ValidPoint(OperatingPointPayload point) =>
            point with { Model = PayloadTest.Valid(point.Model), Reason = PayloadTest.Valid(point.Reason) };
    });

    [Fact]
    public async Task The_examples_of_the_contract_obey_their_schemas()
    {
        string contract = await File.ReadAllTextAsync(
            Repository.PathOf("deploy", "config", "README.md"), TestContext.Current.CancellationToken);
        string[] parts = contract.Split("```json\n");
        string[] schemas =
            ["result.schema.json", "event.schema.json", "drift.schema.json", "governor.schema.json"];
        Assert.Equal(schemas.Length, parts.Length - 1);
        foreach ((string part, string schema) in parts.Skip(1).Zip(schemas))
            Check(await SchemaAsync(schema), part[..part.IndexOf("```", StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData("drift", "recalibration needed", "all is well")]
    [InlineData("drift", "\"alpha\":0.01", "\"alpha\":0")]
    [InlineData("drift", "\"martingale\":125.5", "\"martingale\":0.5")]
    [InlineData("drift", "\"samples\":57,", "")]
    [InlineData("drift", "\"seq\":42", "\"seq\":42,\"more\":1")]
    [InlineData("event", "\"phase\":\"end\"", "\"phase\":\"start\"")]
    [InlineData("event", "\"phase\":\"end\"", "\"phase\":\"over\"")]
    [InlineData("event", "\"duration_s\":3", "\"duration_s\":null")]
    [InlineData("event", "\"id\":\"20260801T", "\"id\":\"2026T")]
    [InlineData("event", "\"samples\":4", "\"samples\":0")]
    [InlineData("event", "\"p\":0.001", "\"p\":1.001")]
    [InlineData("event", "\"origin\":\"7.png\",", "")]
    [InlineData("governor", "\"budget\":\"latency\"", "\"budget\":\"power\"")]
    [InlineData("governor", "\"budget\":\"latency\"", "\"budget\":\"noise\"")]
    [InlineData("governor", "\"unit\":\"ms\"", "\"unit\":\"°C\"")]
    [InlineData("governor", "\"unit\":\"ms\"", "\"unit\":\"s\"")]
    [InlineData("governor", "\"margin\":-5.5,", "")]
    [InlineData("governor", "\"measured\":45.5", "\"measured\":\"NaN\"")]
    [InlineData("governor", "\"rate_hz\":5", "\"rate_hz\":-5")]
    [InlineData("governor", "\"model\":\"fashion-m\",", "")]
    [InlineData("governor", "\"latency_ms\":27.25", "\"latency_ms\":-1")]
    [InlineData("governor", "\"pipeline\":\"fashion\"", "\"pipeline\":\"fashion\",\"more\":1")]
    public async Task The_schemas_of_alarms_events_and_decisions_refuse_what_is_not_promised(
        string name, string right, string wrong)
    {
        string json = name switch
        {
            "drift" => Write(Samples.Alarm(42)),
            "event" => Write(Samples.Event(EventPhase.End)),
            _ => Write(Samples.Decision()),
        };
        Assert.Contains(right, json, StringComparison.Ordinal);
        JsonSchema schema = await SchemaAsync($"{name}.schema.json");
        Assert.Empty(schema.Validate(json));
        Assert.NotEmpty(schema.Validate(json.Replace(right, wrong, StringComparison.Ordinal)));
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
            "energy_mj":9.5,"energy_uncertainty_mj":4.75,"energy_estimated":true,
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
    [InlineData("\"drift\":false", "\"drift\":\"no\"")]
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

    private static string Write(DriftAlarm alarm)
    {
        using Flight flight = new();
        return Encoding.UTF8.GetString(
            flight.Write(DriftPayload.From(alarm), PayloadJson.Default.DriftPayload).FirstSpan);
    }

    private static string Write(GateEvent one)
    {
        using Flight flight = new();
        return Encoding.UTF8.GetString(
            flight.Write(EventPayload.From(one), PayloadJson.Default.EventPayload).FirstSpan);
    }

    private static string Write(GovernorDecision decision)
    {
        using Flight flight = new();
        return Encoding.UTF8.GetString(
            flight.Write(GovernorPayload.Of(decision), PayloadJson.Default.GovernorPayload).FirstSpan);
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
