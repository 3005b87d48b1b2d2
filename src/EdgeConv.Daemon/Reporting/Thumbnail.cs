using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Reporting.Charts;

namespace EdgeConv.Daemon.Reporting;

/// <summary>Small pictures of a model's inputs, as the model sees them, as HTML.</summary>
internal static class Thumbnail
{
    private const int LongestSide = 128;

    /// <summary>A picture as PNG, or a window as lines.</summary>
    /// <param name="input">The values.</param>
    /// <param name="name">What it is, for those who cannot see it.</param>
    public static string Of(InputValues input, string name) => input.IsPicture
        ? $"<img alt=\"{Svg.Escape(name)}\" src=\"data:image/png;base64,{Convert.ToBase64String(ToPng(input))}\">"
        : WindowPlot.Draw(input.Values, input.Channels, name).ToElement();

    // Large ones are thinned out: every n-th pixel of every n-th row.
    private static byte[] ToPng(InputValues input)
    {
        int step = (Math.Max(input.Width, input.Height) + LongestSide - 1) / LongestSide;
        int width = (input.Width + step - 1) / step, height = (input.Height + step - 1) / step;
        int channels = input.Channels == 3 ? 3 : 1;
        byte[] pixels = new byte[width * height * channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            int column = i / channels % width, row = i / channels / width;
            float value = input.Channel(i % channels)[row * step * input.Width + column * step];
            pixels[i] = float.IsNaN(value) ? (byte)0 : (byte)Math.Clamp(MathF.Round(value), 0, byte.MaxValue);
        }

        return Png.Encode(pixels, width, channels);
    }
}
