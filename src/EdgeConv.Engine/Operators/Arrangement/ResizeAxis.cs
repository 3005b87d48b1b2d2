namespace EdgeConv.Engine.Operators;

/// <summary>
/// One axis of a Resize: for every output place the input places it is made of and their weights, and whether
/// it lies outside the input.
/// </summary>
internal sealed class ResizeAxis
{
    private readonly ResizeAttributes _attributes;
    private readonly float? _scale;
    private readonly (float Start, float End) _region;

    /// <summary>Fills the tables of an axis.</summary>
    /// <param name="attributes">The operator's attributes.</param>
    /// <param name="input">Extent of the input, at least 1 where the output is not empty.</param>
    /// <param name="output">Extent of the output.</param>
    /// <param name="scale">The scale given by the model; null where it gives the output's size.</param>
    /// <param name="region">Part of the input read by <c>tf_crop_and_resize</c>, of 0..1.</param>
    public ResizeAxis(
        ResizeAttributes attributes, int input, int output, float? scale, (float Start, float End) region)
    {
        (_attributes, _scale, _region, Input, Output) = (attributes, scale, region, input, output);
        double[] places = [.. Enumerable.Range(0, output).Select(Original)];
        bool isExact = places.All(place => place == Math.Floor(place) && place >= 0 && place < input);
        Taps = isExact || attributes.Mode == Interpolation.Nearest
            ? 1
            : attributes.Mode == Interpolation.Linear ? 2 : 4;
        Places = new int[output * Taps];
        Weights = new float[output * Taps];
        IsOutside = new bool[output];
        for (int i = 0; i < output; i++)
        {
            IsOutside[i] = attributes.Extrapolates && (places[i] < 0 || places[i] > input - 1);
            Fill(i, places[i]);
        }

        IsIdentity = input == output && isExact && Places.SequenceEqual(Enumerable.Range(0, output));
    }

    /// <summary>Extent of the input.</summary>
    public int Input { get; }

    /// <summary>Extent of the output.</summary>
    public int Output { get; }

    /// <summary>Input places an output place is made of: 1, 2 or 4.</summary>
    public int Taps { get; }

    /// <summary>Input place of tap t of output place i at [i · Taps + t].</summary>
    public int[] Places { get; }

    /// <summary>Its weight.</summary>
    public float[] Weights { get; }

    /// <summary>Output places that take the extrapolation value.</summary>
    public bool[] IsOutside { get; }

    /// <summary>Whether the axis is copied.</summary>
    public bool IsIdentity { get; }

    // With a scale the model's own single precision decides, as in the runtimes it was exported for: 1 /
    // 0.33333334 is 3; and the resized length is the unrounded product, as in ONNX's reference. With a size
    // all is exact.
    private double Original(int place)
    {
        double length = Input;
        double resized = _scale is { } given ? given * Input : Output;
        switch (_attributes.Coordinate)
        {
            case "asymmetric":
                return Unscale(place);
            case "tf_half_pixel_for_nn":
                return Unscale(place + 0.5f);
            case "align_corners":
                return Output == 1 ? 0 : place * (length - 1) / (resized - 1);
            case "pytorch_half_pixel":
                return Output == 1 ? 0 : Unscale(place + 0.5f) - 0.5;
            case "half_pixel_symmetric":
                return (length / 2 * (1 - (Output / resized))) + Unscale(place + 0.5f) - 0.5;
            case "tf_crop_and_resize":
                return Output == 1
                    ? 0.5 * (_region.Start + _region.End) * (length - 1)
                    : (_region.Start * (length - 1))
                        + (place * ((double)_region.End - _region.Start) * (length - 1) / (resized - 1));
            default:
                return Unscale(place + 0.5f) - 0.5;
        }
    }

    private double Unscale(float place) =>
        _scale is { } scale ? place / scale : (double)place * Input / Output;

    private void Fill(int i, double place)
    {
        if (Taps == 1)
        {
            (Places[i], Weights[i]) = (Clamp(Nearest(place)), 1);
            return;
        }

        double floor = Math.Floor(place);
        Span<float> weights = Weights.AsSpan(i * Taps, Taps);
        if (Taps == 2)
            (weights[0], weights[1]) = ((float)(1 - (place - floor)), (float)(place - floor));
        else
            FillCubic(weights, place - floor);
        double first = floor - ((Taps / 2) - 1);
        for (int t = 0; t < Taps; t++)
        {
            Places[(i * Taps) + t] = Clamp(first + t);
            if (_attributes.ExcludesOutside && (first + t < 0 || first + t > Input - 1))
                weights[t] = 0;
        }

        if (_attributes.ExcludesOutside)
            Normalise(weights);
    }

    // Keys, "Cubic convolution interpolation for digital image processing" (1981), with the free parameter a.
    private void FillCubic(Span<float> weights, double r)
    {
        double a = _attributes.CubicA;
        weights[0] = (float)((((((a * (r + 1)) - (5 * a)) * (r + 1)) + (8 * a)) * (r + 1)) - (4 * a));
        weights[1] = (float)((((((a + 2) * r) - (a + 3)) * r) * r) + 1);
        double s = 1 - r;
        weights[2] = (float)((((((a + 2) * s) - (a + 3)) * s) * s) + 1);
        weights[3] = (float)((((((a * (s + 1)) - (5 * a)) * (s + 1)) + (8 * a)) * (s + 1)) - (4 * a));
    }

    private static void Normalise(Span<float> weights)
    {
        float sum = 0;
        foreach (float weight in weights)
            sum += weight;
        foreach (ref float weight in weights)
            weight = sum == 0 ? 0 : weight / sum;
    }

    private double Nearest(double place) => _attributes.NearestMode switch
    {
        "floor" => Math.Floor(place),
        "ceil" => Math.Ceiling(place),
        "round_prefer_ceil" => Math.Floor(place + 0.5),
        "round_prefer_floor" => Math.Ceiling(place - 0.5),
        _ => Output < Input ? Math.Ceiling(place) : Math.Floor(place),
    };

    private int Clamp(double place) =>
        (int)Math.Clamp(double.IsNaN(place) ? 0 : place, 0, Math.Max(0, Input - 1));
}
