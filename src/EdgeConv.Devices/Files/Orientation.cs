using SkiaSharp;

namespace EdgeConv.Devices.Files;

/// <summary>Where the pixels of a stored picture belong in the upright one, by its EXIF orientation.</summary>
internal readonly struct Orientation
{
    private readonly int _origin;
    private readonly int _storedWidth;
    private readonly int _storedHeight;

    public Orientation(SKEncodedOrigin origin, int storedWidth, int storedHeight)
    {
        _origin = (int)origin;
        _storedWidth = storedWidth;
        _storedHeight = storedHeight;
    }

    // Origins 5 to 8 exchange rows and columns.
    private bool IsTurned => _origin >= 5;

    /// <summary>Columns of the upright picture.</summary>
    public int Width => IsTurned ? _storedHeight : _storedWidth;

    /// <summary>Rows of the upright picture.</summary>
    public int Height => IsTurned ? _storedWidth : _storedHeight;

    /// <summary>Index in the upright picture of the pixel stored at column x, row y.</summary>
    public int IndexOf(int x, int y)
    {
        int right = _storedWidth - 1 - x;
        int below = _storedHeight - 1 - y;
        return _origin switch
        {
            2 => y * Width + right,
            3 => below * Width + right,
            4 => below * Width + x,
            5 => x * Width + y,
            6 => x * Width + below,
            7 => right * Width + below,
            8 => right * Width + y,
            _ => y * Width + x,
        };
    }
}
