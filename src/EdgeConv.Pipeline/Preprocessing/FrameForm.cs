using EdgeConv.Core;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>What frames have in common that are prepared alike.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Stride">Bytes from one row to the next in the first plane.</param>
/// <param name="Format">Layout of the pixels.</param>
/// <param name="Coding">What luma and chroma mean.</param>
internal readonly record struct FrameForm(
    int Width, int Height, int Stride, PixelFormat Format, ColorCoding Coding)
{
    /// <summary>The form of a frame.</summary>
    /// <exception cref="DataError">The frame's bytes are too few for it.</exception>
    public static FrameForm Of(Frame frame)
    {
        FrameForm form = new(frame.Width, frame.Height, frame.Stride, frame.Format, frame.Coding);
        long needed = PixelFormats.UsedBytes(form.Format, form.Width, form.Height, form.Stride);
        if (form.Stride < PixelFormats.RowBytes(form.Format, form.Width) || frame.Pixels.Length < needed)
        {
            throw new DataError(frame.Origin,
                $"{frame.Pixels.Length} bytes in rows of {form.Stride}; " +
                $"{form.Width}x{form.Height} {form.Format} needs {needed} bytes " +
                $"in rows of {PixelFormats.RowBytes(form.Format, form.Width)}");
        }

        return form;
    }

    // The equality that records have by themselves allocates when it first compares enumerations.
    public bool Equals(FrameForm other) =>
        (Width, Height, Stride, Format, Coding)
            == (other.Width, other.Height, other.Stride, other.Format, other.Coding);

    public override int GetHashCode() => HashCode.Combine(Width, Height, Stride, (int)Format, (int)Coding);
}
