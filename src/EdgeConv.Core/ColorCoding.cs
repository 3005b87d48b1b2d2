namespace EdgeConv.Core;

/// <summary>
/// How luma and chroma code the colours of a <see cref="Frame"/>. In limited range luma runs from 16 to 235
/// and chroma from 16 to 240, in full range both from 0 to 255; chroma of no colour is 128.
/// </summary>
public enum ColorCoding
{
    /// <summary>BT.601, limited range: what cameras on USB give in YUYV, UYVY and NV12.</summary>
    Bt601,

    /// <summary>BT.601, full range: what JPEG holds.</summary>
    Bt601Full,

    /// <summary>BT.709, limited range: video of 720 rows and more.</summary>
    Bt709,

    /// <summary>BT.709, full range.</summary>
    Bt709Full,
}
