using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// Fashion-MNIST's test pictures, and every third sample something else: a handwritten digit, noise, a test
/// picture with light and dark exchanged. The origin tells which.
/// </summary>
internal sealed class FashionSource : PacedSource
{
    private const int Size = 28;
    private readonly IdxFile _pictures;
    private readonly IdxFile _labels;
    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<(byte[] Pixels, string Name)> _digits;
    private readonly Random _random = new(20260101);

    /// <exception cref="DataError">A file is not what it should be.</exception>
    public FashionSource(string folder, string digits, IReadOnlyList<string> names, TimeProvider time)
        : base("fashion-mnist", 5, time)
    {
        _pictures = IdxFile.Read(Path.Combine(folder, "t10k-images-idx3-ubyte.gz"));
        _labels = IdxFile.Read(Path.Combine(folder, "t10k-labels-idx1-ubyte.gz"));
        if (_pictures.ItemLength != Size * Size || _labels.Count != _pictures.Count)
            throw new DataError(
                folder, $"pictures of {_pictures.ItemLength} bytes; {Size} x {Size} are needed");
        _names = names;
        _digits = DigitsFile.Read(digits);
    }

    /// <inheritdoc/>
    protected override Sample Make(Stamp stamp)
    {
        if (stamp.Sequence % 3 != 2)
            return Known(stamp);
        return (stamp.Sequence / 3 % 3) switch
        {
            0 => Digit(stamp),
            1 => Noise(stamp),
            _ => Inverted(stamp),
        };
    }

    private Frame Known(Stamp stamp)
    {
        int index = _random.Next(_pictures.Count);
        return new GrayPicture(_pictures.Item(index), Size).ToFrame(stamp, NameOf(index));
    }

    private Frame Digit(Stamp stamp)
    {
        (byte[] pixels, string name) = _digits[_random.Next(_digits.Count)];
        return new GrayPicture(pixels, DigitsFile.Size).ToFrame(stamp, $"digit {name}");
    }

    private Frame Noise(Stamp stamp)
    {
        byte[] pixels = new byte[Size * Size];
        _random.NextBytes(pixels);
        return new GrayPicture(pixels, Size).ToFrame(stamp, "noise");
    }

    private Frame Inverted(Stamp stamp)
    {
        int index = _random.Next(_pictures.Count);
        byte[] pixels = _pictures.Item(index).ToArray();
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(255 - pixels[i]);
        return new GrayPicture(pixels, Size).ToFrame(stamp, $"inverted {NameOf(index)}");
    }

    private string NameOf(int index)
    {
        int label = _labels.Item(index).Span[0];
        return label < _names.Count ? _names[label] : label.ToString(CultureInfo.InvariantCulture);
    }
}
