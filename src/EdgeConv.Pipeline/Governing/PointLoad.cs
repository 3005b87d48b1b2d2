namespace EdgeConv.Pipeline.Governing;

/// <summary>What a point would put on the board.</summary>
/// <param name="Accuracy">Its accuracy.</param>
/// <param name="Last">Load at the rate below which it is rather paused, W.</param>
/// <param name="Least">Load at its least rate, W.</param>
/// <param name="Full">Load at its full rate, W.</param>
internal readonly record struct PointLoad(double Accuracy, double Last, double Least, double Full);
