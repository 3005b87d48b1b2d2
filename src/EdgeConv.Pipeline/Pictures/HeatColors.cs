namespace EdgeConv.Pipeline.Pictures;

/// <summary>A colour, 0..255 each.</summary>
internal readonly record struct Color(byte Red, byte Green, byte Blue);

/// <summary>
/// Colours of heat: 0 dark blue, 0.25 light blue, 0.5 yellow, 1 red. Heat is d²/(2 t), at most 1, so that
/// yellow is the threshold t, in every picture.
/// </summary>
internal static class HeatColors
{
    private static readonly (float Heat, Color Color)[] Stops =
    [
        (0, new Color(0, 0, 96)), (0.25f, new Color(0, 128, 255)), (0.5f, new Color(255, 230, 0)),
        (1, new Color(255, 0, 0)),
    ];

    /// <summary>Heat of a squared distance.</summary>
    public static float HeatOf(float distance, float threshold) =>
        float.IsInfinity(threshold) ? 0 : Math.Clamp(distance / (2 * threshold), 0, 1);

    /// <summary>The colour of heat in 0..1.</summary>
    public static Color Of(float heat)
    {
        int next = 1;
        while (next < Stops.Length - 1 && heat > Stops[next].Heat)
            next++;
        (float low, Color from) = Stops[next - 1];
        (float high, Color to) = Stops[next];
        float share = Math.Clamp((heat - low) / (high - low), 0, 1);
        return new Color(
            Mix(from.Red, to.Red, share), Mix(from.Green, to.Green, share), Mix(from.Blue, to.Blue, share));
    }

    /// <summary>A value between two.</summary>
    public static byte Mix(byte from, byte to, float share) => (byte)(from + ((to - from) * share) + 0.5f);
}
