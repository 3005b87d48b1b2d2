using SkiaSharp;

namespace EdgeConv.Devices.Files;

/// <summary>
/// Where the pixels of a stored picture belong in the upright one, by its EXIF orientation: the pixel stored
/// at column x, row y has the index Start + x * StepRight + y * StepDown.
/// </summary>
internal readonly struct Orientation
{
    public Orientation(SKEncodedOrigin origin, int storedWidth, int storedHeight)
    {
        // Origins 5 to 8 exchange rows and columns.
        bool isTurned = origin >= SKEncodedOrigin.LeftTop;
        Width = isTurned ? storedHeight : storedWidth;
        Height = isTurned ? storedWidth : storedHeight;
        int lastColumn = Width - 1;
        int lastRow = (Height - 1) * Width;
        (Start, StepRight, StepDown) = origin switch
        {
            SKEncodedOrigin.TopRight => (lastColumn, -1, Width),
            SKEncodedOrigin.BottomRight => (lastRow + lastColumn, -1, -Width),
            SKEncodedOrigin.BottomLeft => (lastRow, 1, -Width),
            SKEncodedOrigin.LeftTop => (0, Width, 1),
            SKEncodedOrigin.RightTop => (lastColumn, Width, -1),
            SKEncodedOrigin.RightBottom => (lastRow + lastColumn, -Width, -1),
            SKEncodedOrigin.LeftBottom => (lastRow, -Width, 1),
            _ => (0, 1, Width),
        };
    }

    /// <summary>Whether the picture is stored as it is seen.</summary>
    public bool IsUpright => StepRight == 1 && StepDown == Width;

    /// <summary>Columns of the upright picture.</summary>
    public int Width { get; }

    /// <summary>Rows of the upright picture.</summary>
    public int Height { get; }

    /// <summary>Index in the upright picture of the first pixel stored.</summary>
    public int Start { get; }

    /// <summary>From a stored pixel to the one right of it.</summary>
    public int StepRight { get; }

    /// <summary>From a stored pixel to the one below it.</summary>
    public int StepDown { get; }
}
