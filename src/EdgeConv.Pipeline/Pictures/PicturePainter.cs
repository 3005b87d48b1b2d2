using EdgeConv.Kernels.Colors;
using EdgeConv.Kernels.Image;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>
/// Paints a picture with all that was found in it: heat or classes over it, boxes, labels. Keeps its memory; not
/// thread-safe.
/// </summary>
internal sealed class PicturePainter
{
    /// <summary>Longest side of a painted picture, pixels.</summary>
    public const int LongestSide = 640;

    /// <summary>Smaller pictures are enlarged to it, or nothing would be seen on them.</summary>
    public const int SmallestSide = 224;

    private readonly Canvas _canvas = new();
    private float[] _planes = [];
    private PictureRows? _rows;
    private (FrameForm Form, PictureArea Area) _prepared;

    /// <summary>The side that a frame is painted at.</summary>
    public static int SideOf(ShownFrame frame) =>
        Math.Clamp(Math.Max(frame.Picture.Width, frame.Picture.Height), SmallestSide, LongestSide);

    /// <summary>Paints a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="side">Pixels of the longer side.</param>
    /// <returns>The picture, which holds until the next one is painted.</returns>
    public Canvas Paint(ShownFrame frame, int side)
    {
        double scale = side / Math.Max(frame.View.Width, frame.View.Height);
        int Scaled(double length) => Math.Max(1, (int)Math.Round(length * scale));
        _canvas.Resize(Scaled(frame.View.Width), Scaled(frame.View.Height));
        PaintPixels(frame);
        if (!frame.Classes.IsEmpty)
            ClassOverlay.Draw(frame, _canvas);
        if (frame.HasHeat)
            new HeatOverlay(frame).Draw(_canvas);
        new FindingOverlay(frame, _canvas).Draw();
        return _canvas;
    }

    private unsafe void PaintPixels(ShownFrame frame)
    {
        Prepare(FrameForm.Of(frame.Picture), new PictureArea(
            new AxisWindow(frame.Part.X, frame.Part.Width),
            new AxisWindow(frame.Part.Y, frame.Part.Height), _canvas.Width, _canvas.Height));
        fixed (byte* pixels = frame.Picture.Pixels.Span)
        fixed (float* to = _planes)
        {
            for (int y = 0; y < _canvas.Height; y++)
            {
                _rows!.Write(pixels, y, to, _canvas.Width);
                _canvas.SetRow(y, _planes);
            }
        }
    }

    private void Prepare(FrameForm form, PictureArea area)
    {
        if (_rows is not null && _prepared == (form, area))
            return;
        ColorRow colors = new(
            ColorMatrix.Of(form.Format, form.Coding, 3, isReversed: false), new float[3], [1, 1, 1], isRounded: false);
        _rows = new PictureRows(form, area, antialias: true, colors);
        _planes = new float[3 * area.Width];
        _prepared = (form, area);
    }
}
