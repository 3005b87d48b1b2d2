namespace EdgeConv.Core;

/// <summary>The extents of pictures: <c>[N,C,H,W]</c> or <c>[N,H,W,C]</c>, C being 1 or 3.</summary>
/// <param name="Batch">N, number of pictures.</param>
/// <param name="Channels">C, 1 or 3.</param>
/// <param name="Height">H, rows.</param>
/// <param name="Width">W, columns.</param>
/// <param name="IsPlanar">True for <c>[N,C,H,W]</c>.</param>
public readonly record struct PictureShape(int Batch, int Channels, int Height, int Width, bool IsPlanar)
{
    /// <summary>
    /// Reads the extents off a shape; one that could be either is planar. Null when it is no picture or
    /// empty, or has an extent of 1 at axis 2, as a signal has.
    /// </summary>
    public static PictureShape? Of(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank != 4 || shape.ElementCount == 0 || shape[2] <= 1)
            return null;
        if (shape[1] is 1 or 3)
            return new PictureShape(shape[0], shape[1], shape[2], shape[3], true);
        return shape[3] is 1 or 3 ? new PictureShape(shape[0], shape[3], shape[1], shape[2], false) : null;
    }
}
