using System.Globalization;
using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>One tap's part of a fingerprint file; names at <see cref="FingerprintFile"/>.</summary>
internal static class TapSection
{
    public static void Write(SafeTensorsWriter writer, string prefix, TapFingerprint tap)
    {
        writer.Add(prefix + "name", tap.Name);
        writer.Add(prefix + "channels", Text(tap.Channels));
        writer.Add(prefix + "statistic", GateNames.Of(tap.Statistic));
        writer.Add(prefix + "normalized", tap.IsNormalized ? "true" : "false");
        writer.Add(prefix + "mode", GateNames.Of(tap.Mode));
        if (tap.IsModeAutomatic)
            writer.Add(prefix + "mode_automatic", "true");
        writer.Add(prefix + "estimator", GateNames.Of(tap.Estimator));
        writer.Add(prefix + "shrinkage", Text(tap.Shrinkage));
        writer.Add(prefix + "background_shrinkage", Text(tap.BackgroundShrinkage));
        WriteMoments(writer, prefix, tap.Moments);
        WriteGaussian(writer, prefix, tap.Classes);
        if (tap.Background is not null)
            WriteGaussian(writer, prefix + "background.", tap.Background);
        writer.Add<float>(prefix + "scores", tap.Scores, tap.Scores.Length);
    }

    public static TapFingerprint Read(FieldReader fields, string prefix)
    {
        SafeTensorsReader file = fields.File;
        if (!GateNames.TryParse(file.Text(prefix + "statistic"), out TapStatistic statistic))
            throw fields.Refuse(prefix + "statistic", "mean or mean+variance");
        if (!GateNames.TryParse(file.Text(prefix + "mode"), out GateMode mode))
            throw fields.Refuse(prefix + "mode", "diagonal, class-diagonal, tied or relative");
        if (!GateNames.TryParse(file.Text(prefix + "estimator"), out CovarianceEstimator estimator))
            throw fields.Refuse(prefix + "estimator", "empirical, oas, ledoit-wolf or fixed");
        int channels = fields.Integer(prefix + "channels", 1, FitOptions.MaximumChannels);
        int dimension = TapFingerprint.DimensionOf(statistic, channels);
        Moments moments = ReadMoments(fields, prefix, dimension);
        if (moments.Count == 0)
            throw file.Error($"'{prefix}counts' are those of no samples");
        bool isDiagonal = mode is GateMode.Diagonal or GateMode.ClassDiagonal;
        int factor = isDiagonal ? dimension : PackedLower.Length(dimension);
        int means = mode == GateMode.Diagonal ? 1 : moments.Counts.ToArray().Count(count => count > 0);
        return new TapFingerprint
        {
            Name = file.Text(prefix + "name"),
            Channels = channels,
            Statistic = statistic,
            IsNormalized = fields.Flag(prefix + "normalized"),
            Mode = mode,
            IsModeAutomatic = file.FindText(prefix + "mode_automatic") is not null
                && fields.Flag(prefix + "mode_automatic"),
            Estimator = estimator,
            Shrinkage = fields.Number(prefix + "shrinkage", 0, 1),
            BackgroundShrinkage = fields.Number(prefix + "background_shrinkage", 0, 1),
            Moments = moments,
            Classes = ReadGaussian(file, prefix, means, dimension, factor),
            Background = mode == GateMode.Relative
                ? ReadGaussian(file, prefix + "background.", 1, dimension, factor)
                : null,
            Scores = ReadScores(file, prefix),
        };
    }

    public static void WriteMoments(SafeTensorsWriter writer, string prefix, Moments moments)
    {
        writer.Add(prefix + "classes", Text(moments.Classes));
        writer.Add(prefix + "counts", moments.Counts, moments.Classes);
        writer.Add(prefix + "means", moments.Means, moments.Classes, moments.Dimension);
        writer.Add(prefix + "scatter", moments.Scatter, moments.Scatter.Length);
    }

    /// <summary>Counts, means and scatter; perhaps of no samples.</summary>
    public static Moments ReadMoments(FieldReader fields, string prefix, int dimension)
    {
        SafeTensorsReader file = fields.File;
        int classes = fields.Integer(prefix + "classes", 1, int.MaxValue);
        long[] counts = file.Array<long>(prefix + "counts", classes);
        double[] means = file.Array<double>(prefix + "means", classes, dimension);
        double[] scatter = file.Array<double>(prefix + "scatter", PackedLower.Length(dimension));
        if (counts.Any(count => count is < 0 or > int.MaxValue))
            throw file.Error($"'{prefix}counts' are not the sizes of classes");
        if (!means.All(double.IsFinite) || !scatter.All(double.IsFinite))
            throw file.Error($"'{prefix}means' or '{prefix}scatter' are not finite");
        return new Moments(counts, means, scatter);
    }

    private static void WriteGaussian(SafeTensorsWriter writer, string prefix, WhitenedGaussian gaussian)
    {
        int dimension = gaussian.Centre.Length;
        writer.Add<float>(prefix + "centre", gaussian.Centre, dimension);
        writer.Add<float>(prefix + "factor", gaussian.Factor, gaussian.Factor.Length);
        int means = gaussian.Means.Length / dimension;
        writer.Add<float>(prefix + "whitened_means", gaussian.Means, means, dimension);
    }

    private static WhitenedGaussian ReadGaussian(
        SafeTensorsReader file, string prefix, int means, int dimension, int factorLength)
    {
        WhitenedGaussian gaussian = new()
        {
            Centre = file.Array<float>(prefix + "centre", dimension),
            Factor = file.Array<float>(prefix + "factor", factorLength),
            Means = file.Array<float>(prefix + "whitened_means", means, dimension),
        };
        return gaussian.IsUsable()
            ? gaussian
            : throw file.Error($"'{prefix}centre', 'factor' or 'whitened_means' hold impossible values");
    }

    private static float[] ReadScores(SafeTensorsReader file, string prefix)
    {
        float[] scores = file.Array<float>(prefix + "scores", file.LengthOf(prefix + "scores"));
        if (scores.Length == 0 || !scores.All(float.IsFinite))
            throw file.Error($"'{prefix}scores' are missing or not finite");
        return scores;
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
