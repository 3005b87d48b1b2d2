using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>
/// Sets exposure, focus and white balance: whether the camera chooses them, and else their value. Numbers of
/// <c>linux/v4l2-controls.h</c>.
/// </summary>
internal static class CameraControls
{
    private static readonly ControlRow s_exposure = new("exposure", "ms", 10)
    {
        Mode = 0x009A0901,
        // V4L2_EXPOSURE_AUTO, and what cameras on USB have in its place: V4L2_EXPOSURE_APERTURE_PRIORITY.
        Automatic = [0, 3],
        Manual = 1,
        Value = 0x009A0902,
    };

    private static readonly ControlRow s_focus = new("focus", "steps", 1)
    {
        Mode = 0x009A090C,
        Automatic = [1],
        Manual = 0,
        Value = 0x009A090A,
    };

    private static readonly ControlRow s_whiteBalance = new("white_balance", "K", 1)
    {
        Mode = 0x0098090C,
        Automatic = [1],
        Manual = 0,
        Value = 0x0098091A,
    };

    /// <summary>Sets what is configured, and nothing else.</summary>
    /// <exception cref="DeviceError">The camera has no such control, or not this value.</exception>
    public static void Apply(string place, IVideoNode node, CameraOptions options)
    {
        Apply(place, node, s_exposure, options.ExposureMilliseconds);
        Apply(place, node, s_focus, options.FocusSteps);
        Apply(place, node, s_whiteBalance, options.WhiteBalanceKelvin);
    }

    private static void Apply(string place, IVideoNode node, ControlRow row, ControlSetting? setting)
    {
        if (setting is not { } wanted)
            return;
        // One that is never automatic has only the value.
        bool hasMode = IsThere(node, row.Mode, out _);
        if (wanted.Value is null)
            SetAutomatic(place, node, row, hasMode);
        else
            SetValue(place, node, row, hasMode, wanted.Value.Value);
    }

    private static void SetAutomatic(string place, IVideoNode node, ControlRow row, bool hasMode)
    {
        if (!hasMode)
            throw Lacking(place, row, $"has no automatic {row.Name}; a number of {row.Unit} would be right");
        int problem = 0;
        foreach (int mode in row.Automatic)
        {
            problem = Set(node, row.Mode, mode);
            if (problem == 0)
                return;
        }

        throw CameraTrouble.Of(place, $"set controls.{row.Name} to auto", problem, null);
    }

    private static void SetValue(string place, IVideoNode node, ControlRow row, bool hasMode, double value)
    {
        if (!IsThere(node, row.Value, out V4l2QueryControl control))
            throw Lacking(place, row, $"has no {row.Name} to set; leave it out");
        double steps = Math.Round(value * row.StepsPerUnit);
        if (steps < control.Minimum || steps > control.Maximum)
        {
            double least = control.Minimum / row.StepsPerUnit, most = control.Maximum / row.StepsPerUnit;
            throw Lacking(place, row, string.Create(CultureInfo.InvariantCulture,
                $"is {value}; {least} to {most} {row.Unit} would be right"));
        }

        // A driver that does not leave the automatic mode says so when the value is set.
        int problem = hasMode ? Set(node, row.Mode, row.Manual) : 0;
        int failed = Set(node, row.Value, (int)steps);
        if (failed != 0)
            throw CameraTrouble.Of(place, $"set controls.{row.Name}", problem != 0 ? problem : failed, null);
    }

    private static DeviceError Lacking(string place, ControlRow row, string problem) =>
        new(place, $"controls.{row.Name}: {problem}");

    private static bool IsThere(IVideoNode node, uint id, out V4l2QueryControl control)
    {
        control = new V4l2QueryControl { Id = id };
        return node.Request(VideoRequest.QueryControl, ref control) == 0
            && (control.Flags & VideoConstants.UnusableControl) == 0;
    }

    private static int Set(IVideoNode node, uint id, int value)
    {
        V4l2Control control = new() { Id = id, Value = value };
        return node.Request(VideoRequest.SetControl, ref control);
    }

    private sealed record ControlRow(string Name, string Unit, double StepsPerUnit)
    {
        public uint Mode { get; init; }

        public int[] Automatic { get; init; } = [];

        public int Manual { get; init; }

        public uint Value { get; init; }
    }
}
