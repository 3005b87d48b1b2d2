using CsCheck;
using EdgeConv.Core;

namespace EdgeConv.Mqtt.Tests;

/// <summary>Results and health, fixed and generated.</summary>
internal static class Samples
{
    public const string Base = "edgeconv/test";

    public static readonly string Sha256 = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    public static readonly DateTimeOffset Noon = new(2026, 8, 1, 14, 0, 0, 250, TimeSpan.FromHours(2));

    private static readonly Gen<string> s_text =
        Gen.OneOf(Gen.Const(""), Gen.String, Gen.String[Gen.Char["äß漢😀\"\\\n\u0000\u2028<"], 0, 12]);

    private static readonly Gen<double> s_number = Gen.OneOf(
        Gen.Double[0, 1e6], Gen.Const(double.Epsilon), Gen.Const(double.MaxValue), Gen.Const(double.NaN),
        Gen.Const(double.PositiveInfinity), Gen.Const(double.NegativeInfinity));

    private static readonly Gen<float> s_score = Gen.OneOf(
        Gen.Float[0, 1], Gen.Const(0f), Gen.Const(1f), Gen.Const(float.NaN), Gen.Const(
            float.PositiveInfinity));

    private static readonly Gen<float> s_pixel = Gen.OneOf(
        Gen.Float[-1e4f, 1e4f], Gen.Const(float.NegativeInfinity));

    private static readonly Gen<TimeSpan> s_time = Gen.TimeSpan[TimeSpan.Zero, TimeSpan.FromHours(1)];

    private static readonly Gen<DateTimeOffset> s_instant = Gen.DateTimeOffset;

    private static readonly Gen<string> s_name = Gen.OneOf(
        Gen.Const("cam0"), Gen.Const("a"), Gen.Const("Front_Door-2"));

    private static readonly Gen<Prediction> s_classification =
        Gen.Select(s_text, s_score, (label, score) => new ScoredLabel(label, score)).Array[0, 5]
            .Select(top => new Prediction
            {
                Kind = PredictionKind.Classification,
                Label = top.Length == 0 ? null : top[0].Label,
                Score = top.Length == 0 ? 0 : top[0].Score,
                Top = top,
            });

    private static readonly Gen<Prediction> s_detection =
        Gen.Select(
            s_text, s_score, s_pixel, s_pixel, (label, score, x, y) => new Box(label, score, x, y, x, y))
            .Array[0, 20].Select(boxes => new Prediction
            {
                Kind = PredictionKind.Detection,
                Label = boxes.Length == 0 ? null : boxes[0].Label,
                Score = boxes.Length == 0 ? 0 : boxes[0].Score,
                Boxes = boxes,
            });

    private static readonly Gen<OperatingPoint> s_point = Gen.Select(
        Gen.Int[0, 9], s_text, Gen.Int[1, 64], s_number, s_text,
        (member, model, threads, rate, reason) => new OperatingPoint(member, model, threads, rate, reason));

    private static readonly Gen<GateReading?> s_gate = Gen.Select(
        Gen.Bool, Gen.Enum<Verdict>(), s_score, s_number, s_text, (isThere, verdict, p, distance, tap) =>
            isThere ? new GateReading(verdict, p, distance, tap) : (GateReading?)null);

    private static readonly Gen<GateExplanation?> s_explanation =
        from amounts in s_number.Array[0, TopContributions.Most]
        from isThere in Gen.Bool
        from place in Gen.Int[0, 2]
        from side in Gen.Float[0, 1e4f]
        select isThere ? new GateExplanation(
            new TopContributions([.. amounts.Select((amount, i) => new ChannelContribution(i, "mean", amount))]),
            place == 1 ? new OddRegion(side, 0, side, side) : null,
            place == 2 ? new OddSpan(3, 9, 360) : null) : (GateExplanation?)null;

    public static readonly Gen<Result> Results =
        from instant in s_instant
        from sequence in Gen.Long[0, long.MaxValue]
        from names in Gen.Select(s_name, s_text, s_text)
        from prediction in Gen.OneOf(s_classification, s_detection)
        from gate in s_gate
        from explanation in s_explanation
        from times in s_time.Array[5]
        from energy in Gen.Select(s_number, Gen.Bool)
        from point in s_point
        select new Result
        {
            Timestamp = instant,
            Sequence = sequence,
            Pipeline = names.Item1,
            Origin = names.Item2,
            Model = new ModelIdentity(names.Item3, "/models/x.onnx", Sha256),
            Prediction = prediction,
            Gate = gate,
            Explanation = explanation,
            Latency = new Latency(times[0], times[1], times[2], times[3], times[4]),
            Energy = new Energy(energy.Item1, energy.Item1 / 4, energy.Item2),
            OperatingPoint = point,
        };

    private static readonly Gen<GatedSample> s_gated =
        from instant in s_instant
        from sequence in Gen.Long[0, long.MaxValue]
        from texts in Gen.Select(s_text, s_text, s_text)
        from reading in Gen.Select(Gen.Enum<Verdict>(), s_score, Gen.Double[-1e9, 1e9])
        select new GatedSample(
            instant, 0, sequence, texts.Item1, new ModelIdentity(texts.Item2, "/models/x.onnx", Sha256),
            new GateReading(reading.Item1, reading.Item2, reading.Item3, texts.Item3));

    public static readonly Gen<DriftAlarm> Alarms =
        from sample in s_gated
        from name in s_name
        from evidence in Gen.Select(
            Gen.Double[1, 1e12], Gen.Double[1e-6, 0.5], Gen.Long[1, 1L << 40], s_number)
        from reference in Gen.Enum<DriftReference>()
        select new DriftAlarm
        {
            Timestamp = sample.Timestamp,
            Pipeline = name,
            Sample = sample,
            Evidence = new DriftEvidence(
                reference, evidence.Item1, evidence.Item2, evidence.Item3, Math.Abs(evidence.Item4), 50),
        };

    public static readonly Gen<GateEvent> Events =
        from samples in Gen.Select(s_gated, s_gated, s_gated)
        from name in s_name
        from phase in Gen.Enum<EventPhase>()
        from duration in s_time
        from count in Gen.Long[1, long.MaxValue]
        select new GateEvent
        {
            Timestamp = samples.Item2.Timestamp,
            Pipeline = name,
            Id = $"20260801T120000250-{samples.Item1.Sequence}",
            Phase = phase,
            First = samples.Item1,
            Last = samples.Item2,
            Peak = samples.Item3,
            Duration = duration,
            Samples = count,
        };

    public static readonly Gen<GovernorDecision> Decisions =
        from instant in s_instant
        from name in s_name
        from points in Gen.Select(s_point, s_point)
        from cause in Gen.Enum<GovernorCause>()
        from numbers in Gen.Select(s_number, s_number, s_number)
        from hasLimit in Gen.Bool
        from latency in s_time
        select new GovernorDecision
        {
            Timestamp = instant,
            Pipeline = name,
            From = points.Item1,
            To = points.Item2,
            Cause = cause,
            Measured = numbers.Item1,
            Limit = hasLimit ? numbers.Item2 : null,
            ExpectedLatency = latency,
            ExpectedWatts = Math.Abs(numbers.Item3),
        };

    private static readonly Gen<EnergyUse> s_energyUse =
        from numbers in s_number.Array[6]
        from instant in s_instant
        from isEstimated in Gen.Bool
        select new EnergyUse
        {
            Inference = new Energy(numbers[0], Math.Abs(numbers[1]), isEstimated),
            DayJoules = numbers[2],
            DayBeforeJoules = isEstimated ? null : numbers[3],
            TotalJoules = numbers[4],
            TotalUncertaintyJoules = Math.Abs(numbers[5]),
            Since = instant,
            IsEstimated = isEstimated,
        };

    public static readonly Gen<Health> Healths =
        from instant in s_instant
        from name in s_name
        from state in Gen.Enum<PipelineState>()
        from texts in Gen.Select(s_text, s_point)
        from isThere in Gen.Bool
        from counts in Gen.Long[0, long.MaxValue].Array[4]
        from hasDrifted in Gen.Bool
        from board in Gen.Select(s_number, s_number)
        from energy in s_energyUse
        select new Health
        {
            Timestamp = instant,
            Pipeline = name,
            State = state,
            Problem = isThere ? texts.Item1 : null,
            OperatingPoint = isThere ? texts.Item2 : null,
            Results = counts[0],
            OodResults = counts[1],
            HasDrifted = hasDrifted,
            OpenEvent = hasDrifted ? null : "20260801T120000250-42",
            StaleDropped = counts[2],
            BadSamples = counts[3],
            TemperatureCelsius = isThere ? board.Item1 : null,
            PowerWatts = isThere ? board.Item2 : null,
            Energy = isThere ? energy : null,
        };

    /// <summary>A snapshot whose pictures are these words.</summary>
    public static Snapshot Snapshot(string picture, string pipeline = "fashion") => new()
    {
        Timestamp = Noon,
        Pipeline = pipeline,
        Sequence = 41,
        Picture = System.Text.Encoding.ASCII.GetBytes(picture),
        HeatMap = System.Text.Encoding.ASCII.GetBytes($"heat of {picture}"),
    };

    public static Result Result(long sequence, string pipeline = "fashion", string origin = "7.png") => new()
    {
        Timestamp = Noon,
        Sequence = sequence,
        Pipeline = pipeline,
        Origin = origin,
        Model = new ModelIdentity("fashion-m", "/models/fashion-m.onnx", Sha256),
        Prediction = new Prediction
        {
            Kind = PredictionKind.Classification,
            Label = "Ankle boot",
            Score = 0.93f,
            Top = [new ScoredLabel("Ankle boot", 0.93f), new ScoredLabel("Sneaker", 0.05f)],
        },
        Gate = new GateReading(Verdict.Accepted, 0.41, 37.5, "features.8"),
        Latency = new Latency(
            TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(0.25), TimeSpan.FromMilliseconds(2.5),
            TimeSpan.FromMilliseconds(0.125), TimeSpan.FromMilliseconds(0.5)),
        Energy = new Energy(9.5, 4.75, true),
        OperatingPoint = new OperatingPoint(0, "fashion-m", 2, double.PositiveInfinity, "within budget"),
    };

    public static GatedSample Gated(long sequence) => new(
        Noon.AddSeconds(sequence), 0, sequence, "7.png",
        new ModelIdentity("fashion-m", "/models/fashion-m.onnx", Sha256),
        new GateReading(Verdict.Ood, 0.001, 370.5, "features.8"));

    public static DriftAlarm Alarm(long sequence) => new()
    {
        Timestamp = Noon,
        Pipeline = "fashion",
        Sample = Gated(sequence),
        Evidence = new DriftEvidence(DriftReference.Calibration, 125.5, 0.01, 57, 12.25, 50),
    };

    public static GateEvent Event(EventPhase phase) => new()
    {
        Timestamp = Noon.AddSeconds(3),
        Pipeline = "fashion",
        Id = "20260801T120000250-42",
        Phase = phase,
        First = Gated(0) with { Sequence = 42 },
        Last = Gated(3),
        Peak = Gated(2),
        Duration = TimeSpan.FromSeconds(3),
        Samples = 4,
    };

    public static GovernorDecision Decision(double rateHertz = 5, string pipeline = "fashion") => new()
    {
        Timestamp = Noon,
        Pipeline = pipeline,
        From = new OperatingPoint(0, "fashion-l", 2, double.PositiveInfinity, "start"),
        To = new OperatingPoint(1, "fashion-m", 2, rateHertz, "p99 45.5 ms, budget 40 ms"),
        Cause = GovernorCause.Latency,
        Measured = 45.5,
        Limit = 40,
        ExpectedLatency = TimeSpan.FromMilliseconds(27.25),
        ExpectedWatts = 0.125,
    };

    public static Health Health(long results, string pipeline = "fashion") => new()
    {
        Timestamp = Noon,
        Pipeline = pipeline,
        State = PipelineState.Running,
        OperatingPoint = new OperatingPoint(0, "fashion-m", 2, 10, "within budget"),
        Results = results,
        TemperatureCelsius = 51.5,
    };

    /// <summary>Options for a broker on loopback, quick to reconnect.</summary>
    public static MqttOptions Options(int port) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Base = Base,
        ClientId = "sink-under-test",
        ReconnectMin = TimeSpan.FromMilliseconds(10),
        ReconnectMax = TimeSpan.FromMilliseconds(100),
    };
}
