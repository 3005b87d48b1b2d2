using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Profiling;

/// <summary>A sample of the size that a pipeline's source gives, to measure a family on.</summary>
internal static class ProfileSample
{
    private const string Origin = "profile";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The first sample of a source of files; noise of the same size where that cannot be had without taking
    /// it from the pipeline, and of the input's size where nothing tells the source's. A gate may find noise
    /// odd and explain it, which takes a little longer.
    /// </summary>
    public static Sample Of(SourceOptions options, FamilyMember member, TimeProvider time) =>
        First(options, member, time) ?? Noise(options, member, time);

    /// <summary>Its form, <c>640x480 Rgb24</c> or <c>500x1</c>.</summary>
    public static string FormOf(Sample sample) => sample switch
    {
        Frame frame => string.Create(CultureInfo.InvariantCulture, $"{frame.Width}x{frame.Height} {frame.Format}"),
        Window window => string.Create(CultureInfo.InvariantCulture, $"{window.Length}x{window.Channels}"),
        _ => throw new ArgumentOutOfRangeException(nameof(sample)),
    };

    private static Sample? First(SourceOptions options, FamilyMember member, TimeProvider time)
    {
        if (options.Kind != SourceKind.Images
            && (options.Kind is SourceKind.Stdin or SourceKind.Camera or SourceKind.Mqtt or SourceKind.Video
                || BoundedFile.WhyNoFile(options.Path) is not null))
            return null;
        try
        {
            return ReadFirst(options with { RealTime = false, Loop = false }, member, time);
        }
        catch (Exception problem) when (problem is EdgeConvError or OperationCanceledException)
        {
            // What is wrong with the source is said when it runs.
            return null;
        }
    }

    private static Sample? ReadFirst(SourceOptions options, FamilyMember member, TimeProvider time)
    {
        ISource source = SourceFactory.Create(options, member.WindowLength, time);
        try
        {
            using CancellationTokenSource patience = new(Patience);
            using Sample? sample = source.ReadAsync(patience.Token).AsTask().GetAwaiter().GetResult();
            if (sample is null)
                return null;
            member.Preprocess(sample);
            return Copy(sample);
        }
        finally
        {
            source.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static Sample Copy(Sample sample) => sample switch
    {
        Frame frame => new Frame
        {
            Timestamp = DateTimeOffset.UnixEpoch,
            CapturedAt = 0,
            Sequence = 0,
            Origin = Origin,
            Width = frame.Width,
            Height = frame.Height,
            Stride = frame.Stride,
            Format = frame.Format,
            Coding = frame.Coding,
            Pixels = frame.Pixels.ToArray(),
        },
        Window window => WindowOf(window.Values.ToArray(), window.Length, window.Channels, window.RateHertz),
        _ => throw new ArgumentOutOfRangeException(nameof(sample)),
    };

    private static Sample Noise(SourceOptions options, FamilyMember member, TimeProvider time)
    {
        Random random = new(1);
        if (member.WindowLength is { } length)
        {
            float[] values = new float[length * member.Channels];
            foreach (ref float value in values.AsSpan())
                value = random.NextSingle() * 2 - 1;
            return WindowOf(values, length, member.Channels, 1);
        }

        bool isKnown = options is { Width: > 0, Height: > 0 };
        int width = isKnown ? options.Width : member.Picture!.Value.Width;
        int height = isKnown ? options.Height : member.Picture!.Value.Height;
        PixelFormat format = isKnown ? options.PixelFormat : PixelFormat.Rgb24;
        int stride = PixelFormats.RowBytes(format, width);
        byte[] pixels = new byte[PixelFormats.FrameBytes(format, stride, height)];
        random.NextBytes(pixels);
        return new Frame
        {
            Timestamp = DateTimeOffset.UnixEpoch,
            CapturedAt = 0,
            Sequence = 0,
            Origin = Origin,
            Width = width,
            Height = height,
            Stride = stride,
            Format = format,
            Coding = options.Coding,
            Pixels = pixels,
        };
    }

    private static Window WindowOf(float[] values, int length, int channels, double rateHertz) => new()
    {
        Timestamp = DateTimeOffset.UnixEpoch,
        CapturedAt = 0,
        Sequence = 0,
        Origin = Origin,
        Length = length,
        Channels = channels,
        RateHertz = rateHertz,
        Values = values,
    };
}
