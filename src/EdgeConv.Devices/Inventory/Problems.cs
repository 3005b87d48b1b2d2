using System.Text;

namespace EdgeConv.Devices.Inventory;

/// <summary>What is wrong with a device, in one line that says what would help.</summary>
internal static class Problems
{
    private const int LongestShown = 24;

    /// <summary>Why an attribute has no value.</summary>
    public static string OfReading(SysFile file)
    {
        if (file.IsDenied)
            return "permission missing: only root may read it; " +
                $"sudo chmod a+r {file.Path} allows it until the next boot";
        string name = Path.GetFileName(file.Path);
        Span<byte> bytes = stackalloc byte[LongestShown];
        int read = file.Read(bytes);
        if (read < 0)
            return file.Exists ? $"{name}: {ErrorText(-read)}" : $"{name} is not there";
        string text = Encoding.UTF8.GetString(bytes[..read]).Trim();
        return text.Length == 0 ? $"{name} is empty" : $"{name} tells \"{text}\", which cannot be";
    }

    /// <summary>Why a device below /dev cannot be used; null when it can be opened for reading.</summary>
    /// <param name="node">The device.</param>
    /// <param name="group">The group that may.</param>
    /// <param name="module">The kernel module that makes it.</param>
    public static string? OfNode(SysFile node, string group, string? module = null)
    {
        int status = node.Open();
        if (status >= 0)
            return null;
        if (node.IsClosed)
            return $"permission missing: group {group}; sudo usermod -aG {group} $USER and log in again";
        if (!node.Exists)
            return $"{node.Path} is not there" + (module is null ? "" : $": sudo modprobe {module}");
        return $"{node.Path}: {ErrorText(-status)}";
    }

    private static string ErrorText(int errno) => errno switch
    {
        5 => "the device does not answer (EIO)",
        6 or 19 => "the device is gone (ENODEV)",
        11 => "the sensor is switched off (EAGAIN)",
        16 => "another program uses it (EBUSY)",
        22 => "the sensor is switched off (EINVAL)",
        61 => "the sensor has no value (ENODATA)",
        110 => "the bus does not answer (ETIMEDOUT)",
        121 => "the device does not acknowledge (EREMOTEIO)",
        _ => $"error {errno}",
    };
}
