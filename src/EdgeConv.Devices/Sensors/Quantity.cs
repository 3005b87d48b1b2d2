namespace EdgeConv.Devices.Sensors;

/// <summary>What attributes whose names begin alike measure.</summary>
/// <param name="Prefix">How their names begin: <c>temp</c>.</param>
/// <param name="Unit">Unit of their values.</param>
/// <param name="Parts">The kernel's numbers in one unit: 1000 of m°C.</param>
/// <param name="Least">Least value that can be, in the unit.</param>
/// <param name="Most">Greatest value that can be.</param>
internal sealed record Quantity(
    string Prefix,
    string Unit,
    double Parts = 1,
    double Least = double.NegativeInfinity,
    double Most = double.PositiveInfinity)
{
    /// <summary>The value that the kernel's number is; NaN when it is none that can be.</summary>
    public double ValueOf(double? number) =>
        number / Parts is { } value && value >= Least && value <= Most ? value : double.NaN;
}
