using EdgeConv.Daemon.Demo;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>What is pasted over a picture.</summary>
internal enum PatchKind
{
    /// <summary>Uniform noise.</summary>
    Noise,

    /// <summary>255 − the pixels that are there.</summary>
    Inverted,

    /// <summary>The same place of another picture.</summary>
    Foreign,
}

/// <summary>Test pictures with a patch at a random place; the same in every run.</summary>
internal static class PatchedPictures
{
    /// <summary>Pictures that a map is fitted to and calibrated by: the first ones.</summary>
    public const int FitCount = 8000;

    /// <summary>Pictures that are patched: those behind.</summary>
    public const int Count = 2000;

    /// <summary>Rows and columns of a picture.</summary>
    public const int Size = 28;

    /// <summary>Rows and columns of a patch.</summary>
    public const int Side = 8;

    /// <summary>The pictures' file.</summary>
    public static string PathIn(GateData data) =>
        Path.Combine(data.Restored, "fashion", "t10k-images-idx3-ubyte.gz");

    /// <summary>A patched copy, and where the patch is.</summary>
    public static (byte[] Picture, int Left, int Top) Paste(
        IdxFile pictures, int index, PatchKind kind, Random random)
    {
        byte[] picture = pictures.Item(index).ToArray();
        ReadOnlySpan<byte> other = pictures.Item(random.Next(FitCount)).Span;
        int left = random.Next(Size - Side + 1), top = random.Next(Size - Side + 1);
        for (int y = top; y < top + Side; y++)
        {
            for (int x = left; x < left + Side; x++)
            {
                ref byte pixel = ref picture[(y * Size) + x];
                pixel = kind switch
                {
                    PatchKind.Noise => (byte)random.Next(256),
                    PatchKind.Inverted => (byte)(255 - pixel),
                    _ => other[(y * Size) + x],
                };
            }
        }

        return (picture, left, top);
    }
}
