using EdgeConv.Core;

namespace EdgeConv.Devices;

/// <summary>What a camera sends.</summary>
public enum CameraFormat
{
    /// <summary>Whatever costs least to turn into the model's input.</summary>
    Auto,

    /// <summary>YUYV, 2 bytes a pixel.</summary>
    Yuyv,

    /// <summary>UYVY, 2 bytes a pixel.</summary>
    Uyvy,

    /// <summary>NV12, 1.5 bytes a pixel.</summary>
    Nv12,

    /// <summary>GREY, 1 byte a pixel, no colour.</summary>
    Grey,

    /// <summary>RGB3, 3 bytes a pixel.</summary>
    Rgb24,

    /// <summary>MJPG or JPEG: a JPEG file a frame; needs libturbojpeg.</summary>
    Mjpg,
}

/// <summary>Which camera, and how it is set.</summary>
public sealed record CameraOptions
{
    /// <summary>
    /// A path (<c>/dev/v4l/by-id/…</c>, <c>/dev/video0</c>) or the name that the camera tells; empty means the
    /// only one there is.
    /// </summary>
    public string Device { get; init; } = "";

    /// <summary>What it is to send.</summary>
    public CameraFormat Format { get; init; }

    /// <summary>How its luma and chroma code colours; null means as the driver says.</summary>
    public ColorCoding? Coding { get; init; }

    /// <summary>Exposure, automatic or ms; null leaves it as it is.</summary>
    public ControlSetting? ExposureMilliseconds { get; init; }

    /// <summary>Focus, automatic or in the camera's own steps; null leaves it as it is.</summary>
    public ControlSetting? FocusSteps { get; init; }

    /// <summary>White balance, automatic or K; null leaves it as it is.</summary>
    public ControlSetting? WhiteBalanceKelvin { get; init; }
}

/// <summary>What a control of a camera is set to.</summary>
/// <param name="Value">The value; null leaves it to the camera.</param>
public readonly record struct ControlSetting(double? Value);
