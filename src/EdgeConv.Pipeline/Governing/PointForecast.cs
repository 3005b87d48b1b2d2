namespace EdgeConv.Pipeline.Governing;

/// <summary>What a governor foresees of a point of its frontier with what it knows now.</summary>
/// <param name="Profile">The point.</param>
/// <param name="Latency">Latency that 99 % of its results should hold.</param>
/// <param name="RateHertz">Inferences in a second with power to spare; above 0.</param>
/// <param name="Watts">Power above idle that these take, W.</param>
/// <param name="HoldsLatency">Whether it holds the pipeline's latency with room.</param>
/// <param name="HoldsBoard">Whether it holds the board's power and heat at its least rate.</param>
public readonly record struct PointForecast(
    PointProfile Profile,
    TimeSpan Latency,
    double RateHertz,
    double Watts,
    bool HoldsLatency,
    bool HoldsBoard);
