using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>Lays a map's heat over a picture, interpolated between the middles of its positions.</summary>
internal sealed class HeatOverlay
{
    private const float Opacity = 0.65f;
    private readonly ImageMapping _mapping;
    private readonly View _view;
    private readonly int _columns;
    private readonly int _rows;
    private readonly float[] _heat;

    public HeatOverlay(ShownFrame frame)
    {
        _mapping = frame.Mapping;
        _view = frame.View;
        _columns = frame.Map.Width;
        _rows = frame.Map.Height;
        _heat = new float[frame.Distances.Length];
        for (int i = 0; i < _heat.Length; i++)
            _heat[i] = HeatColors.HeatOf(frame.Distances[i], frame.Threshold);
    }

    /// <summary>Blends; the hotter, the less of the picture is left. What the model did not see stays.</summary>
    public void Draw(Canvas canvas)
    {
        for (int y = 0; y < canvas.Height; y++)
        {
            double row = (_view.SourceY(y, canvas) - _mapping.StartY) / _mapping.ExtentY;
            for (int x = 0; x < canvas.Width; x++)
            {
                double column = (_view.SourceX(x, canvas) - _mapping.StartX) / _mapping.ExtentX;
                if (row is < 0 or > 1 || column is < 0 or > 1)
                    continue;
                float heat = At((row * _rows) - 0.5, (column * _columns) - 0.5);
                canvas.Blend(x, y, HeatColors.Of(heat), Opacity * heat);
            }
        }
    }

    private float At(double row, double column)
    {
        (int top, int bottom, float down) = Between(row, _rows);
        (int left, int right, float across) = Between(column, _columns);
        float upper = float.Lerp(_heat[(top * _columns) + left], _heat[(top * _columns) + right], across);
        float lower = float.Lerp(_heat[(bottom * _columns) + left], _heat[(bottom * _columns) + right], across);
        return float.Lerp(upper, lower, down);
    }

    private static (int First, int Second, float Share) Between(double at, int count)
    {
        double inside = Math.Clamp(at, 0, count - 1);
        int first = (int)inside;
        return (first, Math.Min(first + 1, count - 1), (float)(inside - first));
    }
}
