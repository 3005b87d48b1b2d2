using System.Numerics;

namespace EdgeConv.Engine.Operators;

/// <summary>erf(x) = 2/√π ∫₀ˣ e^(−t²) dt.</summary>
internal static class ErrorFunction
{
    /// <summary>erf(x); error below 1e-6 for floats and 1e-14 for doubles.</summary>
    public static T Of<T>(T x) where T : IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? T.CreateTruncating(Of(new Vector<float>(float.CreateTruncating(x)))[0])
        : T.CreateTruncating(Series(double.CreateTruncating(x)));

    /// <summary>erf(x) for floats.</summary>
    /// <remarks>
    /// Minimax quotient of polynomials on [−4, 4], beyond which a float's erf is ±1; coefficients of Eigen's
    /// generic_fast_erf_float.
    /// </remarks>
    public static Vector<float> Of(Vector<float> x)
    {
        Vector<float> t = VectorMath.Clamp(x, new Vector<float>(-4), new Vector<float>(4));
        Vector<float> square = t * t;
        Vector<float> p = new(-2.72614225801306e-10f);
        p = VectorMath.Horner(p, square, 2.77068142495902e-08f);
        p = VectorMath.Horner(p, square, -2.10102402082508e-06f);
        p = VectorMath.Horner(p, square, -5.69250639462346e-05f);
        p = VectorMath.Horner(p, square, -7.34990630326855e-04f);
        p = VectorMath.Horner(p, square, -2.95459980854025e-03f);
        p = VectorMath.Horner(p, square, -1.60960333262415e-02f);
        Vector<float> q = new(-1.45660718464996e-05f);
        q = VectorMath.Horner(q, square, -2.13374055278905e-04f);
        q = VectorMath.Horner(q, square, -1.68282697438203e-03f);
        q = VectorMath.Horner(q, square, -7.37332916720468e-03f);
        q = VectorMath.Horner(q, square, -1.42647390514189e-02f);
        return t * p / q;
    }

    // erf(x) = 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): all terms have one sign. Beyond 6 it is ±1.
    private static double Series(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double sum = 0;
        double term = x;
        for (int n = 0; sum + term != sum; n++)
        {
            sum += term;
            term *= 2 * x * x / (2 * n + 3);
        }

        return double.IsNaN(x) ? x : 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
