namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Kalman filter of slowly drifting coefficients θ in z = hᵀθ + v, one measurement z at a time (R. E. Kalman,
/// 1960; the regression form of Ljung, System Identification, 2nd ed., §11.2). Allocates nothing after
/// construction. Not thread-safe.
/// </summary>
internal sealed class CoefficientFilter
{
    private const double OutlierDeviations = 5;
    private const double StrayDeviations = 2;
    private const int StraysInARow = 3;
    private const double TwinDeviations = 4;
    private const double NoiseMemory = 30;
    private readonly double[] _value;
    private readonly double[] _covariance;
    private readonly double[] _drift;
    private readonly double[] _gain;
    private readonly double _leastNoise;
    private double _noise;
    private double _lastError;
    private double _lastStray;
    private int _strays;

    /// <param name="value">First guess of θ <c>[n]</c>.</param>
    /// <param name="deviation">Standard deviation of each guess.</param>
    /// <param name="drift">Standard deviation of each coefficient's change in one second.</param>
    /// <param name="leastNoise">Least standard deviation of the noise v; more is learned.</param>
    public CoefficientFilter(
        ReadOnlySpan<double> value, ReadOnlySpan<double> deviation, ReadOnlySpan<double> drift, double leastNoise)
    {
        int n = value.Length;
        _leastNoise = leastNoise * leastNoise;
        _noise = 4 * _leastNoise;
        _value = value.ToArray();
        _drift = drift.ToArray();
        _gain = new double[n];
        _covariance = new double[n * n];
        for (int i = 0; i < n; i++)
            _covariance[i * n + i] = deviation[i] * deviation[i];
    }

    /// <summary>Coefficient <paramref name="index"/>.</summary>
    public double this[int index] => _value[index];

    /// <summary>Standard deviation of the noise, as the differences of successive errors tell.</summary>
    public double Noise => Math.Sqrt(_noise);

    /// <summary>What <paramref name="regressors"/> h <c>[n]</c> let expect: hᵀθ.</summary>
    public double Predict(ReadOnlySpan<double> regressors)
    {
        double sum = 0;
        for (int i = 0; i < _value.Length; i++)
            sum += _value[i] * regressors[i];
        return sum;
    }

    /// <summary>Standard uncertainty of coefficient <paramref name="index"/>.</summary>
    public double DeviationOf(int index) => Math.Sqrt(Math.Max(0, _covariance[index * _value.Length + index]));

    /// <summary>Whether the latest measurement told of a jump upwards of the first coefficient, beyond doubt.</summary>
    public bool HasRisen { get; private set; }

    /// <summary>
    /// Takes in a measurement. A lone one that is more than five deviations off is left out. The third in a row that
    /// is more than two off and agrees with the others is put down to a jump of the first coefficient; so is the
    /// second that is more than five off and differs from the one before by noise alone.
    /// </summary>
    /// <param name="regressors">h <c>[n]</c>.</param>
    /// <param name="measured">z; finite.</param>
    /// <param name="seconds">Since the measurement before.</param>
    public void Update(ReadOnlySpan<double> regressors, double measured, double seconds)
    {
        int n = _value.Length;
        for (int i = 0; i < n; i++)
            _covariance[i * n + i] += _drift[i] * _drift[i] * seconds;
        double spread = _noise + Project(regressors);
        double error = measured - Predict(regressors);
        bool isStray = error * error > StrayDeviations * StrayDeviations * spread;
        bool isOutlier = error * error > OutlierDeviations * OutlierDeviations * spread;
        double deviation = Math.Sqrt(spread), change = Math.Abs(error - _lastStray);
        bool agrees = change < 0.5 * Math.Abs(error) + StrayDeviations * deviation;
        bool isTwin = isOutlier && _strays > 0 && change < TwinDeviations * deviation;
        _strays = !isStray ? 0 : agrees ? _strays + 1 : 1;
        _lastStray = error;
        bool isJump = isTwin || _strays >= StraysInARow;
        HasRisen = isJump && isOutlier && error > 0;
        if (isJump)
        {
            _covariance[0] += error * error;
            spread = _noise + Project(regressors);
        }
        else if (isOutlier)
        {
            return;
        }

        LearnNoise(error, spread);
        for (int i = 0; i < n; i++)
            _value[i] += _gain[i] / spread * error;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                _covariance[i * n + j] -= _gain[i] * _gain[j] / spread;
        }
    }

    /// <summary>Holds coefficient <paramref name="index"/> at <paramref name="least"/> or above.</summary>
    public void Limit(int index, double least) => _value[index] = Math.Max(_value[index], least);

    // Half the mean square of successive differences (J. von Neumann, 1941) is blind to what drifts slowly.
    private void LearnNoise(double error, double spread)
    {
        double most = OutlierDeviations * OutlierDeviations * spread;
        double difference = Math.Min((error - _lastError) * (error - _lastError), most);
        _noise = Math.Max(_leastNoise, _noise + (difference / 2 - _noise) / NoiseMemory);
        _lastError = error;
    }

    // Leaves P h in _gain; returns hᵀ P h.
    private double Project(ReadOnlySpan<double> regressors)
    {
        int n = _value.Length;
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            _gain[i] = 0;
            for (int j = 0; j < n; j++)
                _gain[i] += _covariance[i * n + j] * regressors[j];
            sum += regressors[i] * _gain[i];
        }

        return sum;
    }
}
