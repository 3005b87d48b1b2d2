using EdgeConv.Devices.Interop;

namespace EdgeConv.Devices;

/// <summary>
/// Notices when devices come, go or are numbered anew in a folder such as <c>/sys/class/hwmon</c>. Allocates
/// nothing.
/// </summary>
/// <param name="path">The folder, UTF-8 that ends in 0.</param>
internal sealed class FolderWatch(byte[] path)
{
    private ulong? _stamp;

    /// <summary>Whether the entries are others than at the last call; true at the first.</summary>
    public bool HasChanged()
    {
        ulong stamp = FolderStamp.Of(path);
        bool hasChanged = stamp != _stamp;
        _stamp = stamp;
        return hasChanged;
    }
}
