namespace EdgeConv.Gating;

/// <summary>
/// Distribution functions and quantiles that thresholds are computed from. Formulas as in Numerical
/// Recipes, chapter 6; quantiles by bisection, so they are as exact as their distribution function (about
/// 1e-12 relative for parameters up to 1e4).
/// </summary>
public static class SpecialFunctions
{
    private const double Tiny = 1e-300;
    private const double Precision = 1e-15;
    private const int MaximumTerms = 100_000;

    // Lanczos' approximation, g = 7, nine terms.
    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>ln Γ(x) for x &gt; 0.</summary>
    public static double LogGamma(double x)
    {
        double sum = Lanczos[0];
        for (int i = 1; i < Lanczos.Length; i++)
            sum += Lanczos[i] / (x - 1 + i);
        double t = x + 6.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x - 0.5) * Math.Log(t) - t + Math.Log(sum);
    }

    /// <summary>Distribution function of Beta(a, b) at x in 0..1.</summary>
    public static double Beta(double a, double b, double x)
    {
        if (x <= 0)
            return 0;
        if (x >= 1)
            return 1;
        double front = Math.Exp(
            LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x));
        return x < (a + 1) / (a + b + 2)
            ? front * BetaFraction(a, b, x) / a
            : 1 - front * BetaFraction(b, a, 1 - x) / b;
    }

    /// <summary>The x in 0..1 below which Beta(a, b) falls with probability <paramref name="p"/>.</summary>
    public static double BetaQuantile(double p, double a, double b) => Invert(x => Beta(a, b, x), p, 1);

    /// <summary>Distribution function of chi-squared with k degrees of freedom at x ≥ 0.</summary>
    public static double ChiSquared(double k, double x) => x <= 0 ? 0 : 1 - ChiSquaredSurvival(k, x);

    /// <summary>Probability that chi-squared with k degrees of freedom exceeds x ≥ 0.</summary>
    public static double ChiSquaredSurvival(double k, double x)
    {
        if (x <= 0)
            return 1;
        double a = k / 2, half = x / 2;
        double front = Math.Exp(a * Math.Log(half) - half - LogGamma(a));
        return half < a + 1 ? 1 - front * GammaSeries(a, half) : front * GammaFraction(a, half);
    }

    /// <summary>
    /// The value below which chi-squared with k degrees of freedom falls with probability p in 0..1.
    /// </summary>
    public static double ChiSquaredQuantile(double p, double k)
    {
        double high = k + 1;
        while (ChiSquaredSurvival(k, high) > 1 - p)
            high *= 2;
        return Invert(x => -ChiSquaredSurvival(k, x), p - 1, high);
    }

    // Smallest x in 0..high where an increasing function reaches p, halving until no double lies between.
    private static double Invert(Func<double, double> increasing, double p, double high)
    {
        double low = 0;
        while (true)
        {
            double middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
                return high;
            if (increasing(middle) < p)
                low = middle;
            else
                high = middle;
        }
    }

    // Continued fraction of the incomplete beta function, evaluated after Lentz.
    private static double BetaFraction(double a, double b, double x)
    {
        double c = 1, d = Reciprocal(1 - (a + b) * x / (a + 1)), result = d;
        for (int m = 1; m <= MaximumTerms; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = Reciprocal(1 + even * d);
            c = NotZero(1 + even / c);
            result *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = Reciprocal(1 + odd * d);
            c = NotZero(1 + odd / c);
            result *= d * c;
            if (Math.Abs(d * c - 1) <= Precision)
                break;
        }

        return result;
    }

    private static double GammaSeries(double a, double x)
    {
        double term = 1 / a, sum = term;
        for (int n = 1; n <= MaximumTerms && term > sum * Precision; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return sum;
    }

    private static double GammaFraction(double a, double x)
    {
        double b = x + 1 - a, c = 1 / Tiny, d = 1 / b, result = d;
        for (int i = 1; i <= MaximumTerms; i++)
        {
            double term = -i * (i - a);
            b += 2;
            d = Reciprocal(term * d + b);
            c = NotZero(b + term / c);
            result *= d * c;
            if (Math.Abs(d * c - 1) <= Precision)
                break;
        }

        return result;
    }

    private static double Reciprocal(double value) => 1 / NotZero(value);

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
