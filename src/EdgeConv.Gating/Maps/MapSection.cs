using System.Globalization;
using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating.Maps;

/// <summary>The map's part of a fingerprint file; names at <see cref="FingerprintFile"/>.</summary>
internal static class MapSection
{
    private const int LargestExtent = 1 << 20;

    public static void Write(SafeTensorsWriter writer, PositionMap map)
    {
        MapChoice choice = map.Choice;
        writer.Add("map.layer", choice.Layer);
        writer.Add("map.height", Text(choice.Height));
        writer.Add("map.width", Text(choice.Width));
        writer.Add("map.channels", Text(choice.Channels));
        writer.Add("map.mode", MapModes.NameOf(choice.Mode));
        writer.Add("map.fit_count", Text(map.FitCount));
        writer.Add<float>("map.means", map.Means, choice.Positions, choice.Channels);
        writer.Add<float>("map.factors", map.Factors, choice.Positions, choice.FactorLength);
        writer.Add<float>("map.scores", map.Scores, map.Scores.Length);
    }

    /// <summary>The map; null when the file has none.</summary>
    public static PositionMap? Read(FieldReader fields)
    {
        SafeTensorsReader file = fields.File;
        if (file.FindText("map.layer") is not { } layer)
            return null;
        if (!MapModes.TryParse(file.Text("map.mode"), out MapMode mode))
            throw fields.Refuse("map.mode", "diagonal or cholesky");
        MapChoice choice = new(
            layer, fields.Integer("map.height", 1, LargestExtent), fields.Integer("map.width", 1, LargestExtent),
            fields.Integer("map.channels", 1, FitOptions.MaximumChannels), mode);
        if ((long)choice.Height * choice.Width > LargestExtent || choice.Bytes > MapChoice.MostBytes)
            throw file.Error($"its map of {choice.Height}x{choice.Width}x{choice.Channels} is too large");
        PositionMap map = new()
        {
            Choice = choice,
            FitCount = fields.Integer("map.fit_count", 1, int.MaxValue),
            Means = file.Array<float>("map.means", choice.Positions, choice.Channels),
            Factors = file.Array<float>("map.factors", choice.Positions, choice.FactorLength),
            Scores = file.Array<float>("map.scores", file.LengthOf("map.scores")),
        };
        if (!IsUsable(choice, map.Means, map.Factors))
            throw file.Error("'map.means' or 'map.factors' hold impossible values");
        if (map.Scores.Length == 0 || !map.Scores.All(float.IsFinite)
            || map.Scores.Zip(map.Scores.Skip(1)).Any(pair => pair.First > pair.Second))
        {
            throw file.Error("'map.scores' are missing, not finite or not in ascending order");
        }

        return map;
    }

    /// <summary>
    /// Whether every value is finite and the diagonal of each factor a normal number above 0.
    /// </summary>
    public static bool IsUsable(MapChoice choice, float[] means, float[] factors)
    {
        if (!means.All(float.IsFinite) || !factors.All(float.IsFinite))
            return false;
        for (int position = 0; position < choice.Positions; position++)
        {
            for (int i = 0; i < choice.Channels; i++)
            {
                int at = choice.Mode == MapMode.Diagonal ? i : PackedLower.Diagonal(i);
                if (!(factors[(position * choice.FactorLength) + at] >= SmallestNormal))
                    return false;
            }
        }

        return true;
    }

    // The reciprocal of less would not be finite.
    private const float SmallestNormal = 1.17549435e-38f;

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
