using System.Text.Json;

namespace EdgeConv.Plants;

/// <summary>A simulated board, what runs on it, what it must hold and what happens to it; one file each.</summary>
public sealed record Scenario
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>File name without extension.</summary>
    public string Name { get; private init; } = "";

    /// <summary>One sentence for the reader.</summary>
    public required string Description { get; init; }

    /// <summary>Plant time, s.</summary>
    public double DurationS { get; init; } = 1800;

    /// <summary>
    /// Time after a change from which conditions count as steady, s: four lags of the board where heat matters.
    /// </summary>
    public double SteadyAfterS { get; init; } = 120;

    /// <summary>Greatest mean power over ten seconds, W.</summary>
    public double? PowerW { get; init; }

    /// <summary>Greatest temperature, °C.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>The board.</summary>
    public BoardPlan Board { get; init; } = new();

    /// <summary>What runs on it.</summary>
    public required IReadOnlyList<PipelinePlan> Pipelines { get; init; }

    /// <summary>What happens, in order of time.</summary>
    public IReadOnlyList<EventPlan> Events { get; init; } = [];

    /// <summary>All scenarios beside the program, by name.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Scenarios"), "*.json")
            .Order(StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>The points of a family, from its file.</summary>
    public static IReadOnlyList<PointPlan> ReadFamily(string name) =>
        Parse<IReadOnlyList<PointPlan>>(Path.Combine(AppContext.BaseDirectory, "Families", name + ".json"));

    private static Scenario Read(string path) =>
        Parse<Scenario>(path) with { Name = Path.GetFileNameWithoutExtension(path) };

    private static T Parse<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), s_json)!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}

/// <summary>A point of a family as its profile tells.</summary>
/// <param name="Model">Name.</param>
/// <param name="Accuracy">0..1.</param>
/// <param name="Ms">Service time, ms.</param>
/// <param name="Mj">Energy of one inference above idle, mJ.</param>
/// <param name="Threads">Threads.</param>
public sealed record PointPlan(string Model, double Accuracy, double Ms, double Mj, int Threads = 1);

/// <summary>A pipeline and how the truth differs from what its profile says.</summary>
public sealed record PipelinePlan
{
    /// <summary>Family file.</summary>
    public required string Family { get; init; }

    /// <summary>Samples a second.</summary>
    public double Hz { get; init; } = 30;

    /// <summary>Standard deviation of a sample's time of arrival, share of the interval.</summary>
    public double ArrivalJitter { get; init; } = 0.01;

    /// <summary>Age of a sample when it comes (a picture that was decoded first), ms.</summary>
    public double AgeMs { get; init; }

    /// <summary>Latency budget, ms.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Greatest rate, Hz.</summary>
    public double? RateHz { get; init; }

    /// <summary>Least rate, Hz.</summary>
    public double? RateMinHz { get; init; }

    /// <summary>Greater gives way later.</summary>
    public int Priority { get; init; }

    /// <summary>Worth among equals.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Standard deviation of the logarithm of service times.</summary>
    public double Noise { get; init; } = 0.05;

    /// <summary>Probability that a result takes <see cref="OutlierFactor"/> times as long.</summary>
    public double Outliers { get; init; }

    /// <summary>See <see cref="Outliers"/>.</summary>
    public double OutlierFactor { get; init; } = 4;

    /// <summary>True service times over the profile's, one a point; 1 where the list ends.</summary>
    public IReadOnlyList<double> TimeError { get; init; } = [];

    /// <summary>True energies over the profile's, one a point; 1 where the list ends.</summary>
    public IReadOnlyList<double> EnergyError { get; init; } = [];
}

/// <summary>Heat and power of a board.</summary>
public sealed record BoardPlan
{
    /// <summary>Power at rest, W.</summary>
    public double IdleW { get; init; } = 2.5;

    /// <summary>Surroundings, °C.</summary>
    public double AmbientC { get; init; } = 25;

    /// <summary>Rise of the chip above the board, °C/W.</summary>
    public double ChipCPerW { get; init; } = 2;

    /// <summary>Lag of the chip, s.</summary>
    public double ChipS { get; init; } = 6;

    /// <summary>Rise of the board above the surroundings, °C/W.</summary>
    public double BoardCPerW { get; init; } = 6;

    /// <summary>Lag of the board, s.</summary>
    public double BoardS { get; init; } = 150;

    /// <summary>Temperature at the start; null for that of rest.</summary>
    public double? StartC { get; init; }

    /// <summary>Temperature at which the board halves its clock, °C.</summary>
    public double ThrottleC { get; init; } = 85;

    /// <summary>Noise of the temperature sensor, °C.</summary>
    public double TemperatureNoise { get; init; } = 0.3;

    /// <summary>Its resolution, °C.</summary>
    public double TemperatureStep { get; init; } = 0.5;

    /// <summary>Noise of the power sensor, share.</summary>
    public double PowerNoise { get; init; } = 0.03;

    /// <summary>Whether a rail is measured.</summary>
    public bool HasRail { get; init; } = true;
}

/// <summary>Something that happens.</summary>
/// <param name="At">When it begins, s.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">
/// Ambient: °C. Steal: factor on service times. Background: W. Rate: factor on the sources' rates. Sensor faults: none.
/// </param>
/// <param name="Until">When it is over, s; the end of the scenario by default.</param>
/// <param name="RampS">Time it takes to come and to go, s.</param>
public sealed record EventPlan(
    double At, EventKind Kind, double Value = 0, double Until = double.PositiveInfinity, double RampS = 0)
{
    /// <summary>Share of it that is there at a time, 0..1.</summary>
    public double ShareAt(double seconds)
    {
        if (seconds < At || seconds >= Until + RampS)
            return 0;
        double come = RampS == 0 ? 1 : Math.Min(1, (seconds - At) / RampS);
        double gone = seconds < Until ? 0 : RampS == 0 ? 1 : (seconds - Until) / RampS;
        return come - gone;
    }
}

/// <summary>Kinds of events.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<EventKind>))]
public enum EventKind
{
    /// <summary>The surroundings have another temperature.</summary>
    Ambient,

    /// <summary>Another process takes time: service times grow by a factor.</summary>
    Steal,

    /// <summary>Something else on the board draws power.</summary>
    Background,

    /// <summary>Samples come at another rate.</summary>
    Rate,

    /// <summary>The thermometer answers nothing.</summary>
    ThermometerGone,

    /// <summary>The thermometer repeats its last value.</summary>
    ThermometerStuck,

    /// <summary>The thermometer answers nonsense now and then.</summary>
    ThermometerGarbage,

    /// <summary>The rail answers nothing.</summary>
    RailGone,

    /// <summary>The rail repeats its last value.</summary>
    RailStuck,

    /// <summary>The source gives nothing.</summary>
    SourceGone,

    /// <summary>The rail answers nonsense now and then.</summary>
    RailGarbage,
}
