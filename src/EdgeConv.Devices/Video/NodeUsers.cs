namespace EdgeConv.Devices.Video;

/// <summary>
/// Who has a device open, as far as /proc tells: of other users' programs only root is told.
/// </summary>
internal static class NodeUsers
{
    /// <summary>
    /// The first program that has it open: <c>ffmpeg (process 1234)</c>, or this one; null when not known.
    /// </summary>
    /// <param name="root">Where /proc is.</param>
    /// <param name="node">The device's path without links.</param>
    public static string? Of(SysRoot root, string node)
    {
        foreach (string folder in root.Folders("proc"))
        {
            string process = Path.GetFileName(folder);
            // The device was closed after it could not be used: what this process has is another pipeline's.
            if (!char.IsAsciiDigit(process[0]) || !HasOpen(Path.Combine(folder, "fd"), node))
                continue;
            return process == $"{Environment.ProcessId}"
                ? "another pipeline of this program"
                : $"{root.Text(folder, "comm") ?? "a program"} (process {process})";
        }

        return null;
    }

    private static bool HasOpen(string folder, string node)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder))
            {
                if (new FileInfo(file).LinkTarget == node)
                    return true;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not ours to look into, or ended.
        }

        return false;
    }
}
