namespace EdgeConv.Devices.Inventory;

/// <summary>Finds sensors that stick: whose value never changes while everything else does.</summary>
public static class DeviceWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The machine's devices after reading them once a second for <paramref name="seconds"/>. Those that have
    /// told the same value each time say so; whether that is right, only who knows the load can tell.
    /// </summary>
    public static async Task<IReadOnlyList<DeviceEntry>> ReadAsync(
        SysRoot root, int seconds, TimeProvider time, CancellationToken cancellation)
    {
        IReadOnlyList<DeviceEntry> devices = DeviceInventory.Read(root);
        HashSet<(string, string, string)> changed = [];
        for (int i = 0; i < seconds; i++)
        {
            await Task.Delay(Interval, time, cancellation).ConfigureAwait(false);
            IReadOnlyList<DeviceEntry> next = DeviceInventory.Read(root);
            changed.UnionWith(next.Except(devices, SameReading).Select(KeyOf));
            devices = next;
        }

        return seconds == 0
            ? devices
            : [.. devices.Select(device =>
                changed.Contains(KeyOf(device)) ? device : Unchanged(device, seconds))];
    }

    private static (string, string, string) KeyOf(DeviceEntry device) => (device.Kind, device.Name, device.Path);

    private static DeviceEntry Unchanged(DeviceEntry device, int seconds) => device.Value is null
        ? device
        : device with { Problem = device.Problem ?? $"has not changed in {seconds} s" };

    private static readonly EqualityComparer<DeviceEntry> SameReading = EqualityComparer<DeviceEntry>.Create(
        (one, other) => KeyOf(one!) == KeyOf(other!) && Nullable.Equals(one!.Value, other!.Value),
        device => HashCode.Combine(KeyOf(device), device.Value));
}
