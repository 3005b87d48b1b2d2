namespace EdgeConv.Core;

/// <summary>How the bytes of a <see cref="Frame"/> are laid out.</summary>
public enum PixelFormat
{
    /// <summary>One byte a pixel: luminance, full range.</summary>
    Gray8,

    /// <summary>Three bytes a pixel: red, green, blue, full range.</summary>
    Rgb24,
}

/// <summary>Facts about each <see cref="PixelFormat"/>.</summary>
public static class PixelFormats
{
    /// <summary>Bytes of one pixel.</summary>
    public static int BytesPerPixel(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.Rgb24 => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };
}
