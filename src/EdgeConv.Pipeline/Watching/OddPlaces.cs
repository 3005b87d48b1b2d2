using EdgeConv.Core;
using EdgeConv.Gating.Maps;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Watching;

/// <summary>
/// From positions of a map to places in the source: the positions of a layer divide the model's input evenly.
/// Each has seen more than its part, its receptive field.
/// </summary>
internal static class OddPlaces
{
    /// <summary>The region in pixels of the picture; null where it lies in the padding beside it.</summary>
    public static OddRegion? RegionOf(in MapRegion region, MapChoice map, in ImageMapping mapping)
    {
        float left = mapping.X((double)region.Left / map.Width);
        float right = mapping.X((double)(region.Left + region.Width) / map.Width);
        float top = mapping.Y((double)region.Top / map.Height);
        float bottom = mapping.Y((double)(region.Top + region.Height) / map.Height);
        return right > left && bottom > top ? new OddRegion(left, top, right - left, bottom - top) : null;
    }

    /// <summary>The region in samples of the window.</summary>
    public static OddSpan SpanOf(in MapRegion region, MapChoice map, Window window)
    {
        double samples = (double)window.Length / map.Width;
        int start = (int)Math.Floor(region.Left * samples);
        int end = (int)Math.Ceiling((region.Left + region.Width) * samples);
        return new OddSpan(start, Math.Min(end, window.Length), window.RateHertz);
    }
}
