namespace EdgeConv.Core;

/// <summary>
/// One plane of a <see cref="PixelFormat"/>: rows of units of some bytes, each unit for a block of pixels.
/// </summary>
/// <param name="UnitBytes">Bytes of a unit.</param>
/// <param name="UnitWidth">Pixels side by side that share a unit.</param>
/// <param name="UnitHeight">Pixels one below the other that share a unit.</param>
/// <param name="StrideDivisor">How often the stride of this plane goes into that of the frame.</param>
public readonly record struct PixelPlane(int UnitBytes, int UnitWidth, int UnitHeight, int StrideDivisor)
{
    /// <summary>Units in a row of a frame of this width; the last may reach over its edge.</summary>
    public int Units(int width) => Up(width, UnitWidth);

    /// <summary>Rows of units in a frame of this height.</summary>
    public int Rows(int height) => Up(height, UnitHeight);

    /// <summary>Bytes that a row of a frame of this width has, without what pads it.</summary>
    public int RowBytes(int width) => Units(width) * UnitBytes;

    /// <summary>Bytes from one row to the next in a frame of this stride.</summary>
    public int Stride(int frameStride) => frameStride / StrideDivisor;

    private static int Up(int extent, int unit) => (extent + unit - 1) / unit;
}
