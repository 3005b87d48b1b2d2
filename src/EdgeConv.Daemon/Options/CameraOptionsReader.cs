using EdgeConv.Core;
using EdgeConv.Devices;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads a <c>source</c> section of kind camera.</summary>
internal static class CameraOptionsReader
{
    private const string Automatic = "auto";
    private static readonly NumberRange s_exposure = new(0.1, 10_000, "an exposure in ms (or auto)");
    private static readonly NumberRange s_focus = new(0, 65_535, "a focus in the camera's steps (or auto)");
    private static readonly NumberRange s_whiteBalance =
        new(1_000, 20_000, "a colour temperature in K (or auto)");

    private static readonly Dictionary<string, CameraFormat> Formats = new()
    {
        [Automatic] = CameraFormat.Auto,
        ["yuyv"] = CameraFormat.Yuyv,
        ["uyvy"] = CameraFormat.Uyvy,
        ["nv12"] = CameraFormat.Nv12,
        ["grey"] = CameraFormat.Grey,
        ["rgb24"] = CameraFormat.Rgb24,
        ["mjpg"] = CameraFormat.Mjpg,
    };

    /// <summary>Reads the section.</summary>
    public static SourceOptions Read(ConfigSection section)
    {
        SourceOptions options = new()
        {
            Kind = SourceKind.Camera,
            RateHertz = section.Number("rate_hz", SourceOptionsReader.Hertz) ?? 0,
            Width = section.Integer("width", 1, 16384) ?? 0,
            Height = section.Integer("height", 1, 16384) ?? 0,
            Camera = ReadCamera(section),
            Trigger = TriggerReader.Read(section),
        };
        section.RefuseUnknown();
        return options;
    }

    /// <summary>Refuses what only a camera has in a section of another kind.</summary>
    public static void Refuse(ConfigSection section)
    {
        foreach (string key in (ReadOnlySpan<string>)["device", "controls"])
        {
            if (section.Has(key))
                section.Refuse(key, $"'{key}' belongs to a source of 'kind: camera'");
        }
    }

    private static CameraOptions ReadCamera(ConfigSection section)
    {
        ConfigSection? controls = section.Section("controls");
        CameraOptions camera = new()
        {
            Device = section.Text("device") ?? "",
            Format = section.Choice("format", Formats, CameraFormat.Auto),
            Coding = section.Has("coding")
                ? section.Choice("coding", SourceOptionsReader.Codings, ColorCoding.Bt601)
                : null,
            ExposureMilliseconds = Setting(controls, "exposure", s_exposure),
            FocusSteps = Setting(controls, "focus", s_focus),
            WhiteBalanceKelvin = Setting(controls, "white_balance", s_whiteBalance),
        };
        controls?.RefuseUnknown();
        return camera;
    }

    private static ControlSetting? Setting(ConfigSection? controls, string key, NumberRange range)
    {
        if (controls is null || !controls.Has(key))
            return null;
        return controls.Text(key) == Automatic
            ? new ControlSetting(null)
            : new ControlSetting(controls.Number(key, range));
    }
}
