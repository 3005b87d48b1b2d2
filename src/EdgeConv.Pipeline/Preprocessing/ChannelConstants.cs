using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>
/// Per-channel constants as the configuration writes them: one value for all channels, or one each.
/// </summary>
internal static class ChannelConstants
{
    /// <summary>One value a channel.</summary>
    public static float[] Expand(string key, IReadOnlyList<float> values, int channels)
    {
        if (values.Count == channels)
            return [.. values];
        if (values.Count != 1)
        {
            throw new ConfigError(key,
                $"{values.Count} values for {channels} channels; one value or {channels} are needed");
        }

        float[] expanded = new float[channels];
        Array.Fill(expanded, values[0]);
        return expanded;
    }

    /// <summary>One reciprocal a channel.</summary>
    public static float[] Reciprocals(string key, IReadOnlyList<float> values, int channels)
    {
        float[] expanded = Expand(key, values, channels);
        for (int c = 0; c < channels; c++)
        {
            if (expanded[c] == 0 || !float.IsFinite(1 / expanded[c]))
            {
                throw new ConfigError(key,
                    $"{expanded[c].ToString(CultureInfo.InvariantCulture)} cannot divide; it must not be 0");
            }

            expanded[c] = 1 / expanded[c];
        }

        return expanded;
    }
}
