using EdgeConv.Devices.Files;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>A recording made up: channel c of instant i is i + 1000 c; some instants are unusable.</summary>
internal sealed class ScriptedReader(int instants, int channels, int[] bad) : ISampleReader
{
    public int Instants => instants;

    public int Channels => channels;

    public double? RateHertz { get; init; }

    /// <summary>The instant at which the device fails; -1 for never.</summary>
    public int FailsAt { get; init; } = -1;

    /// <summary>How often the recording was opened before.</summary>
    public int Pass { get; init; }

    public int Reads { get; private set; }

    public bool IsDisposed { get; private set; }

    public bool IsBad(int instant) => bad.Contains(instant);

    public IEnumerable<float> ValuesAt(int instant) =>
        Enumerable.Range(0, channels).Select(c => instant + 1000f * c);

    public bool TryRead(Span<float> values)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Reads == instants)
            return false;
        int instant = Reads++;
        if (instant == FailsAt)
            throw new IOException("scripted");
        if (IsBad(instant))
            throw new DataError($"scripted:{instant}", "is bad");
        ValuesAt(instant).ToArray().CopyTo(values);
        return true;
    }

    public void Dispose() => IsDisposed = true;
}
