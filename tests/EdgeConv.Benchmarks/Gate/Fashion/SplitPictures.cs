using EdgeConv.Core;
using EdgeConv.Daemon.Demo;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>
/// Fashion-MNIST's test pictures for a network that knows eight of the ten classes: half of the known ones to
/// fit to and calibrate by, the other half to judge, beside six kinds of pictures that are no such thing.
/// </summary>
internal sealed class SplitPictures
{
    /// <summary>Splits: in split k the classes 2k and 2k + 1 are held out, so that each class is once.</summary>
    public const int Splits = 5;

    /// <summary>Side of a picture.</summary>
    public const int Size = 28;

    private const int HeldOut = 2;
    private const int NoisePictures = 2000;

    private SplitPictures(GrayPicture[] fitted, GrayPicture[] judged, (string, GrayPicture[])[] outliers)
    {
        Fitted = fitted;
        Judged = judged;
        Outliers = outliers;
    }

    /// <summary>Of known classes: the half to fit to and calibrate by.</summary>
    public GrayPicture[] Fitted { get; }

    /// <summary>Of known classes: the other half.</summary>
    public GrayPicture[] Judged { get; }

    /// <summary>
    /// Pictures of the held-out classes (<c>near</c>), handwritten digits, noise, and what the judged ones
    /// are when they are turned, inverted and half covered.
    /// </summary>
    public IReadOnlyList<(string Kind, GrayPicture[] Pictures)> Outliers { get; }

    /// <summary>Reads the pictures of one split.</summary>
    /// <exception cref="EdgeConvError">A file is not there, or not what it should be.</exception>
    public static SplitPictures Read(GateData data, int split)
    {
        string folder = Path.Combine(data.Restored, "fashion");
        IdxFile pictures = IdxFile.Read(Path.Combine(folder, "t10k-images-idx3-ubyte.gz"));
        IdxFile labels = IdxFile.Read(Path.Combine(folder, "t10k-labels-idx1-ubyte.gz"));
        GrayPicture[] digits = [.. DigitsFile.Read(Path.Combine(data.Restored, "digits", "digits.csv.gz"))
            .Select(digit => new GrayPicture(digit.Pixels, DigitsFile.Size))];
        Random random = new(split);
        int[] order = [.. Enumerable.Range(0, pictures.Count)];
        random.Shuffle(order);
        GrayPicture[] Of(bool isHeldOut) =>
        [
            .. order.Where(i => labels.Values[i] / HeldOut == split == isHeldOut)
                .Select(i => new GrayPicture(pictures.Item(i), Size)),
        ];
        GrayPicture[] known = Of(isHeldOut: false), judged = known[(known.Length / 2)..];
        return new SplitPictures(known[..(known.Length / 2)], judged,
        [
            ("near", Of(isHeldOut: true)), ("digits", digits), ("noise", Noise(random)),
            ("rotated", Made(judged, Rotated)), ("inverted", Made(judged, Inverted)),
            ("occluded", Made(judged, HalfOccluded)),
        ]);
    }

    private static GrayPicture[] Noise(Random random) =>
    [
        .. Enumerable.Range(0, NoisePictures).Select(_ =>
        {
            byte[] pixels = new byte[Size * Size];
            random.NextBytes(pixels);
            return new GrayPicture(pixels, Size);
        }),
    ];

    private static GrayPicture[] Made(GrayPicture[] pictures, Func<byte[], int, byte> pixel) =>
    [
        .. pictures.Select(picture =>
        {
            byte[] original = picture.Pixels.ToArray();
            byte[] made = [.. Enumerable.Range(0, original.Length).Select(i => pixel(original, i))];
            return new GrayPicture(made, Size);
        }),
    ];

    private static byte Rotated(byte[] pixels, int i) => pixels[i % Size * Size + (Size - 1 - i / Size)];

    private static byte Inverted(byte[] pixels, int i) => (byte)(byte.MaxValue - pixels[i]);

    private static byte HalfOccluded(byte[] pixels, int i) => i % Size < Size / 2 ? pixels[i] : (byte)0;
}
