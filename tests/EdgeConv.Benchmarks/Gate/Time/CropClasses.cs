using EdgeConv.Core;
using EdgeConv.Devices;

namespace EdgeConv.Benchmarks.Gate.Time;

/// <summary>
/// Classes of pictures: each is a place in a photograph, and its samples are crops there, moved, scaled and
/// dimmed a little. They stand for the kinds of things that a classifier tells apart. Not thread-safe.
/// </summary>
internal sealed class CropClasses : IDisposable
{
    private const double Jitter = 0.08;
    private readonly Frame[] _photographs;
    private readonly (Frame Photograph, double X, double Y, double Size)[] _places;
    private readonly Random _random = new(5);

    private CropClasses(Frame[] photographs, int count)
    {
        _photographs = photographs;
        _places = [.. Enumerable.Range(0, count).Select(_ => Place())];
    }

    /// <summary>
    /// <paramref name="count"/> places in the photographs of <paramref name="folder"/>; null when there are none.
    /// </summary>
    public static CropClasses? Of(string folder, int count)
    {
        if (!Directory.Exists(folder))
            return null;
        SourceOptions options = new() { Kind = SourceKind.Images, Path = folder };
        ISource source = SourceFactory.Create(options, null, TimeProvider.System);
        List<Frame> photographs = [];
        while (source.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is Frame photograph)
            photographs.Add(photograph);
        return new CropClasses([.. photographs], count);
    }

    /// <summary>Writes another sample of class <paramref name="index"/> into <c>[1,3,S,S]</c>.</summary>
    public void Fill(int index, Tensor input)
    {
        (Frame photograph, double x, double y, double size) = _places[index];
        double scaled = size * (1 + Jitter * Symmetric()), gain = 1 + 0.2 * Symmetric();
        x += Jitter * size * Symmetric();
        y += Jitter * size * Symmetric();
        int side = input.Shape[3];
        Span<float> values = input.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
        {
            double column = x + (i % side + 0.5) * scaled / side, row = y + (i / side % side + 0.5) * scaled / side;
            double value = gain * Interpolate(photograph, column, row, i / side / side) / 255;
            values[i] = (float)((value - 0.45) / 0.225);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_photographs, photograph => photograph.Dispose());

    private (Frame Photograph, double X, double Y, double Size) Place()
    {
        Frame photograph = _photographs[_random.Next(_photographs.Length)];
        double size = 60 + 180 * _random.NextDouble();
        return (photograph, _random.NextDouble() * (photograph.Width - size),
            _random.NextDouble() * (photograph.Height - size), size);
    }

    private double Symmetric() => 2 * _random.NextDouble() - 1;

    // Bilinear between pixels' centres.
    private static double Interpolate(Frame frame, double column, double row, int colour)
    {
        double x = Math.Clamp(column - 0.5, 0, frame.Width - 1.001);
        double y = Math.Clamp(row - 0.5, 0, frame.Height - 1.001);
        int start = (int)y * frame.Stride + (int)x * 3 + colour;
        double right = x - (int)x, below = y - (int)y;
        ReadOnlySpan<byte> pixels = frame.Pixels.Span;
        double upper = pixels[start] * (1 - right) + pixels[start + 3] * right;
        double lower = pixels[start + frame.Stride] * (1 - right) + pixels[start + frame.Stride + 3] * right;
        return upper * (1 - below) + lower * below;
    }
}
