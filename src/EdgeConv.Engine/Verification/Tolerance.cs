namespace EdgeConv.Engine.Verification;

/// <summary>
/// How far a floating-point value may lie from the expected one: |actual - expected| ≤ Absolute +
/// Relative·|expected|. The defaults are those of ONNX's own backend tests.
/// </summary>
/// <param name="Relative">Share of the expected value, at least 0.</param>
/// <param name="Absolute">In the unit of the value, at least 0.</param>
public readonly record struct Tolerance(double Relative, double Absolute)
{
    /// <summary>Relative 1e-3, absolute 1e-7.</summary>
    public static Tolerance Onnx => new(1e-3, 1e-7);

    /// <summary>Whether the value is close enough. NaN equals NaN, an infinity only itself.</summary>
    public bool Accepts(double actual, double expected)
    {
        if (double.IsNaN(expected) || double.IsNaN(actual))
            return double.IsNaN(expected) && double.IsNaN(actual);
        if (double.IsInfinity(expected) || double.IsInfinity(actual))
            return expected.Equals(actual);
        return Math.Abs(actual - expected) <= Absolute + (Relative * Math.Abs(expected));
    }
}
