namespace EdgeConv.Devices.Files;

/// <summary>
/// The instants that the next window is cut from. Window n holds the instants n * stride up to
/// n * stride + length - 1 of the recording, whatever became of the windows before it.
/// </summary>
internal sealed class SlidingWindow(int length, int stride, int channels)
{
    private readonly float[] _kept = new float[length * channels];
    private int _filled;
    // Leading instants up to and including the last unusable one.
    private int _spoilt;
    // Instants between this window and the one before it.
    private int _gap;

    /// <summary>Whether all instants of the window are there.</summary>
    public bool IsFull => _filled == length;

    /// <summary>Whether none of them is unusable.</summary>
    public bool IsUsable => _spoilt == 0;

    /// <summary>Values at each instant.</summary>
    public int Channels => channels;

    /// <summary>Room for the next instant; counts once it is added.</summary>
    public Span<float> Next => _kept.AsSpan(_filled * channels, channels);

    /// <summary>The window, <c>[length, channels]</c>.</summary>
    public ReadOnlySpan<float> Values => _kept;

    /// <summary>Takes in the instant that was written to <see cref="Next"/>.</summary>
    public void Add(bool isUsable)
    {
        if (_gap > 0)
        {
            _gap--;
            return;
        }

        _filled++;
        if (!isUsable)
            _spoilt = _filled;
    }

    /// <summary>Goes on to the next window, keeping what it shares with this one.</summary>
    public void Advance()
    {
        int kept = Math.Max(0, length - stride);
        _kept.AsSpan((length - kept) * channels, kept * channels).CopyTo(_kept);
        _filled = kept;
        _spoilt = Math.Max(0, _spoilt - stride);
        _gap = Math.Max(0, stride - length);
    }
}
