namespace EdgeConv.Pipeline.Pictures;

/// <summary>Colours that tell classes apart, however many: hues a golden angle apart.</summary>
internal static class ClassColors
{
    private const double GoldenAngle = 0.381966;
    private static readonly Color[] Colors = [.. Enumerable.Range(0, 256).Select(i => Hue((0.55 + (i * GoldenAngle)) % 1))];

    /// <summary>The colour of a class.</summary>
    public static Color Of(int index) => Colors[index & (Colors.Length - 1)];

    /// <summary>The colour of a class of this name, the same at every start.</summary>
    public static Color Of(string name)
    {
        int sum = 0;
        foreach (char character in name)
            sum = (sum * 31) + character;
        return Of(sum);
    }

    // A bright colour of this hue, 0..1 around the circle from red over green and blue.
    private static Color Hue(double hue)
    {
        static byte Part(double at)
        {
            double distance = Math.Abs((at % 1 * 6) - 3) - 1;
            return (byte)(64 + (191 * Math.Clamp(distance, 0, 1)));
        }

        return new Color(Part(hue + 1), Part(hue + (2.0 / 3)), Part(hue + (1.0 / 3)));
    }
}
