using System.Globalization;

namespace EdgeConv.Daemon.Reporting.Charts;

/// <summary>A scale from values to coordinates.</summary>
/// <param name="Low">Value at <paramref name="From"/>.</param>
/// <param name="High">Value at <paramref name="To"/>; above <paramref name="Low"/>.</param>
/// <param name="From">Coordinate.</param>
/// <param name="To">Coordinate; below <paramref name="From"/> for an axis that points up.</param>
internal readonly record struct Axis(double Low, double High, double From, double To)
{
    /// <summary>
    /// Where it turns from linear around 0 to logarithmic further out, as arsinh(x / Bend) does; 0 for a
    /// linear scale.
    /// </summary>
    public double Bend { get; init; }

    /// <summary>The coordinate of a value; what lies beyond an end is put there.</summary>
    public double At(double value)
    {
        double low = Bent(Low), high = Bent(High);
        return From + (To - From) * (Bent(Math.Clamp(value, Low, High)) - low) / (high - low);
    }

    /// <summary>The value at a share of the way from one end to the other.</summary>
    public double ValueAt(double share)
    {
        double bent = Bent(Low) + share * (Bent(High) - Bent(Low));
        return Bend > 0 ? Bend * Math.Sinh(bent) : bent;
    }

    /// <summary>Round values along the axis, ascending, no two closer than so many units.</summary>
    public IReadOnlyList<double> Ticks(double distance)
    {
        if (Bend > 0)
            return BentTicks(distance);
        double most = Math.Max(1, Math.Abs(To - From) / distance), least = (High - Low) / most;
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double step = power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
        double first = Math.Ceiling(Low / step - 1e-9);
        // A product is 0 at 0 and as round as can be elsewhere.
        return [.. Enumerable.Range(0, (int)(High / step - first + 1 + 1e-9)).Select(i => (first + i) * step)];
    }

    /// <summary>A tick's value as text.</summary>
    public static string Label(double value) => Math.Abs(value) >= 1e5
        ? value.ToString("0.#e0", CultureInfo.InvariantCulture)
        : value.ToString("0.####", CultureInfo.InvariantCulture);

    // From 0 outwards, so that 0 is there and the powers of ten go before what lies between them.
    private double[] BentTicks(double distance)
    {
        List<double> ticks = [];
        int last = (int)Math.Ceiling(Math.Log10(Math.Max(Math.Abs(Low), Math.Abs(High))));
        int first = (int)Math.Floor(Math.Log10(Bend)) - 1;
        foreach (double digit in (double[])[0, 1, 3])
        {
            for (int power = last; power >= (digit == 0 ? last : first); power--)
            {
                foreach (int sign in (int[])[1, -1])
                    TryAdd(ticks, sign * digit * Math.Pow(10, power) + 0.0, distance);
            }
        }

        ticks.Sort();
        return [.. ticks];
    }

    private void TryAdd(List<double> ticks, double value, double distance)
    {
        if (value < Low || value > High)
            return;
        foreach (double tick in ticks)
        {
            if (Math.Abs(At(tick) - At(value)) < distance)
                return;
        }

        ticks.Add(value);
    }

    private double Bent(double value) => Bend > 0 ? Math.Asinh(value / Bend) : value;
}
