using System.Collections.Concurrent;

namespace EdgeConv.Devices.Files;

/// <summary>
/// Arrays of one length that go back and forth between a source and whoever takes its windows.
/// </summary>
internal sealed class WindowPool
{
    private readonly ConcurrentBag<float[]> _free = [];

    /// <summary>An array of exactly <paramref name="length"/> values, whatever they are.</summary>
    public float[] Rent(int length) =>
        _free.TryTake(out float[]? values) && values.Length == length ? values : new float[length];

    /// <summary>Gives one back.</summary>
    public void Return(float[] values) => _free.Add(values);
}
