using EdgeConv.Core;

namespace EdgeConv.Pipeline.Accounting;

/// <summary>The board's power while a known load ran.</summary>
/// <param name="Watts">Mean power of the board, W.</param>
/// <param name="Error">Standard error of that, W; above 0.</param>
/// <param name="Cores">Cores that were busy on average; 0 at rest.</param>
/// <param name="MacsPerSecond">Multiply-accumulate operations a second.</param>
/// <param name="BytesPerSecond">Bytes of memory a second.</param>
public readonly record struct LoadPower(
    double Watts, double Error, double Cores, double MacsPerSecond, double BytesPerSecond);

/// <summary>
/// Fits P = P₀ + a cores + b MACs/s + c bytes/s to measured loads by weighted least squares with a, b, c ≥ 0 (Lawson
/// and Hanson, Solving Least Squares Problems, 1974, ch. 23; of three coefficients each set of those above 0 is tried).
/// The covariance is (XᵀWX)⁻¹, widened where the loads scatter by more than their errors.
/// </summary>
public static class PowerCalibration
{
    private const int Rest = 0;
    private const int Coefficients = 4;
    private const int Subsets = 1 << (Coefficients - 1);
    private const int Everything = (1 << Coefficients) - 1;

    /// <summary>The model that the loads tell.</summary>
    /// <param name="loads">At rest and under several loads, at least five.</param>
    /// <param name="volts">Voltage of the cores meanwhile, V; null when it is not known.</param>
    /// <exception cref="DataError">The loads do not tell what a busy core takes.</exception>
    public static EnergyModel Fit(IReadOnlyList<LoadPower> loads, double? volts)
    {
        ArgumentNullException.ThrowIfNull(loads);
        ArgumentOutOfRangeException.ThrowIfLessThan(loads.Count, Coefficients + 1);
        Solution? best = null;
        for (int subset = 0; subset < Subsets; subset++)
        {
            Solution? solution = Solution.Of(loads, subset << 1 | 1);
            if (solution is { IsFeasible: true } && !(best?.Misfit <= solution.Misfit))
                best = solution;
        }

        if (best is null || !(best.Values[1] > 0))
            throw new DataError("calibration", "the power under load is not above the power at rest: " +
                $"{Text(loads[0].Watts)} W at rest, at most {Text(loads.Max(load => load.Watts))} W under load");
        return new EnergyModel
        {
            RestWatts = best.Values[Rest],
            CoreWatts = best.Values[1],
            JoulesPerMac = best.Values[2],
            JoulesPerByte = best.Values[3],
            // A coefficient that is held at 0 is no more certain for that.
            Covariance = (Solution.Of(loads, Everything) ?? best).CovarianceOfLoads(loads.Count),
            Volts = volts,
        };
    }

    private static string Text(double watts) =>
        watts.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    private static double Regressor(in LoadPower load, int index) => index switch
    {
        Rest => 1,
        1 => load.Cores,
        2 => load.MacsPerSecond,
        _ => load.BytesPerSecond,
    };

    /// <summary>The least squares with the coefficients of a set, the others 0.</summary>
    private sealed class Solution
    {
        private readonly int[] _free;
        private readonly double[,] _inverse;

        private Solution(int[] free, double[,] inverse, double[] values, double misfit) =>
            (_free, _inverse, Values, Misfit) = (free, inverse, values, misfit);

        /// <summary>P₀, a, b, c.</summary>
        public double[] Values { get; }

        /// <summary>Sum of squared deviations over their errors.</summary>
        public double Misfit { get; }

        public bool IsFeasible => Values.All(value => value >= 0);

        /// <returns>Null when the loads do not tell the coefficients apart.</returns>
        public static Solution? Of(IReadOnlyList<LoadPower> loads, int subset)
        {
            int[] free = [.. Enumerable.Range(0, Coefficients).Where(i => (subset >> i & 1) != 0)];
            // MACs and bytes a second are in the thousands of millions: each coefficient in units of its greatest.
            double[] unit = [.. free.Select(i => loads.Max(load => Math.Abs(Regressor(load, i))))];
            if (unit.Contains(0))
                return null;
            double[,] normal = new double[free.Length, free.Length];
            double[] right = new double[free.Length];
            foreach (LoadPower load in loads)
            {
                double weight = 1 / (load.Error * load.Error);
                for (int i = 0; i < free.Length; i++)
                {
                    double x = Regressor(load, free[i]) / unit[i];
                    right[i] += weight * x * load.Watts;
                    for (int j = 0; j < free.Length; j++)
                        normal[i, j] += weight * x * Regressor(load, free[j]) / unit[j];
                }
            }

            if (SmallMatrix.Inverse(normal) is not { } inverse)
                return null;
            double[] values = new double[Coefficients];
            for (int i = 0; i < free.Length; i++)
            {
                for (int j = 0; j < free.Length; j++)
                    values[free[i]] += inverse[i, j] * right[j] / unit[i];
            }

            for (int i = 0; i < free.Length; i++)
            {
                for (int j = 0; j < free.Length; j++)
                    inverse[i, j] /= unit[i] * unit[j];
            }

            return new Solution(free, inverse, values, loads.Sum(load => Square(Deviation(load, values) / load.Error)));
        }

        /// <summary>Covariance <c>[3, 3]</c> of a, b and c.</summary>
        public double[] CovarianceOfLoads(int loads)
        {
            double widening = Math.Max(1, Misfit / Math.Max(1, loads - _free.Length));
            double[] covariance = new double[(Coefficients - 1) * (Coefficients - 1)];
            for (int i = 0; i < _free.Length; i++)
            {
                for (int j = 0; j < _free.Length; j++)
                {
                    if (_free[i] != Rest && _free[j] != Rest)
                        covariance[(_free[i] - 1) * (Coefficients - 1) + _free[j] - 1] = _inverse[i, j] * widening;
                }
            }

            return covariance;
        }

        private static double Deviation(in LoadPower load, double[] values)
        {
            double expected = 0;
            for (int i = 0; i < Coefficients; i++)
                expected += Regressor(load, i) * values[i];
            return load.Watts - expected;
        }

        private static double Square(double value) => value * value;
    }
}
