using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// Windows sliding over an electrocardiogram, and every fourth one spoilt as electrodes and amplifiers do it:
/// no contact, saturation, wrong gain. The origin tells which.
/// </summary>
internal sealed class HeartSource : PacedSource
{
    // The recording has 360 samples a second; v = (raw - 1024) / 200 mV.
    private const double RateHertz = 360;
    private const int RestingLevel = 1024;
    private const float CountsPerMillivolt = 200;
    private const float LargestMillivolts = 5.12f;
    private readonly ushort[] _recording;
    private readonly int _length;
    private readonly int _begin;
    private readonly int _stride;
    private readonly Random _random = new(20260102);
    private int _at;

    /// <param name="path">The recording.</param>
    /// <param name="length">Samples a window.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="DataError">The file is not what it should be.</exception>
    public HeartSource(string path, int length, TimeProvider time)
        : base("ecg", 3, time)
    {
        _recording = NpyArchive.ReadUInt16(path, "ecg");
        // The last fifth: the network was neither trained on it, nor was its gate fitted with it.
        _begin = _recording.Length * 4 / 5;
        if (_recording.Length - _begin < length)
            throw new DataError(path, $"{_recording.Length} samples are too few for windows of {length}");
        _length = length;
        _stride = length / 2;
        _at = _begin;
    }

    /// <inheritdoc/>
    protected override Sample Make(Stamp stamp)
    {
        float[] window = Next();
        string origin = "heartbeat";
        if (stamp.Sequence % 4 == 3)
            origin = Spoil(window, (int)(stamp.Sequence / 4 % 4));
        return new Window
        {
            Timestamp = stamp.Timestamp,
            CapturedAt = stamp.CapturedAt,
            Sequence = stamp.Sequence,
            Origin = origin,
            Length = _length,
            Channels = 1,
            RateHertz = RateHertz,
            Values = window,
        };
    }

    private float[] Next()
    {
        if (_at + _length > _recording.Length)
            _at = _begin;
        float[] window = new float[_length];
        for (int i = 0; i < _length; i++)
            window[i] = (_recording[_at + i] - RestingLevel) / CountsPerMillivolt;
        _at += _stride;
        return window;
    }

    private string Spoil(float[] window, int kind)
    {
        switch (kind)
        {
            case 0:
                for (int i = 0; i < window.Length; i++)
                    window[i] = (float)((_random.NextDouble() - 0.5) * 0.02);
                return "electrode off";
            case 1:
                for (int i = 0; i < window.Length; i++)
                    window[i] = Math.Clamp(window[i] * 8, -LargestMillivolts, LargestMillivolts);
                return "saturated";
            case 2:
                Scale(window, 3);
                return "gain x3";
            default:
                Scale(window, 0.3f);
                return "gain x0.3";
        }
    }

    private static void Scale(float[] window, float factor)
    {
        for (int i = 0; i < window.Length; i++)
            window[i] *= factor;
    }
}
