using System.Globalization;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Benchmarks.Pixels;

/// <summary>From a camera's frame to a network's input, beside OpenCV and swscale in turns.</summary>
internal static class PixelReport
{
    private const int Rounds = 9;
    private const int BlockMilliseconds = 20;
    private const string Ours = "edgeconv";

    private static readonly (int Width, int Height, int Size)[] Sizes =
        [(640, 480, 224), (1280, 720, 320), (1920, 1080, 224), (1920, 1080, 128)];

    /// <summary>Measures all cases.</summary>
    /// <param name="python">The interpreter that knows OpenCV.</param>
    /// <param name="script">What it runs.</param>
    /// <param name="photograph">What a camera that compresses sees.</param>
    /// <param name="writer">Receives Markdown.</param>
    public static void Write(string python, string script, string photograph, TextWriter writer)
    {
        string folder = Directory.CreateTempSubdirectory("edgeconv-pixels-").FullName;
        try
        {
            using Others others = new(python, script);
            foreach (bool antialias in (bool[])[true, false])
                WriteCompared(others, antialias, folder, writer);
            WriteAlone(writer);
            JpegReport.Write(others, photograph, writer);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Measures only the frames that are JPEG files.</summary>
    /// <param name="python">The interpreter that knows OpenCV.</param>
    /// <param name="script">What it runs.</param>
    /// <param name="photograph">What the camera sees.</param>
    /// <param name="writer">Receives Markdown.</param>
    public static void WriteCompressed(string python, string script, string photograph, TextWriter writer)
    {
        using Others others = new(python, script);
        JpegReport.Write(others, photograph, writer);
    }

    /// <summary>The time in the middle.</summary>
    internal static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    /// <summary>A time as it stands in a table.</summary>
    internal static string Number(double milliseconds) => milliseconds.ToString("F3", CultureInfo.InvariantCulture);

    private static void WriteCompared(Others others, bool antialias, string folder, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine(antialias
            ? "## Antialiased: every pixel counts (the default)"
            : "## Plain: the four neighbours of each position (`antialias: false`)");
        writer.WriteLine();
        writer.WriteLine("| frame | input | edgeconv | OpenCV | of it convert, resize | swscale | OpenCV ÷ ours | "
            + "of it convert, resize ÷ ours | swscale ÷ ours | off by |");
        writer.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (PixelFormat format in (PixelFormat[])[PixelFormat.Yuyv, PixelFormat.Nv12, PixelFormat.Rgb24])
        {
            foreach ((int width, int height, int size) in Sizes)
                writer.WriteLine(Compare(others, new PixelCase(format, width, height, size, antialias), folder));
        }
    }

    private static string Compare(Others others, PixelCase what, string folder)
    {
        byte[] frame = what.MakeFrame();
        string file = Path.Combine(folder, "frame");
        File.WriteAllBytes(file, frame);
        string[] names = others.Prepare(what, file);
        Action run = what.Prepare(frame, out Tensor input);
        using Tensor filled = input;
        run();
        double off = MeanDifference(input.AsSpan<float>(), others.Picture("opencv", file + ".out"));
        Dictionary<string, List<double>> times = names.Append(Ours).ToDictionary(name => name, _ => new List<double>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach (string name in times.Keys.OrderBy(name => name, StringComparer.Ordinal))
            {
                times[name].AddRange(name == Ours
                    ? PixelCase.Time(run, BlockMilliseconds)
                    : others.Time(name, BlockMilliseconds));
            }
        }

        return Row(what, times.ToDictionary(pair => pair.Key, pair => Median(pair.Value)), off);
    }

    private static string Row(PixelCase what, Dictionary<string, double> medians, double off)
    {
        double ours = medians[Ours];
        string Of(string name) => medians.TryGetValue(name, out double time) ? Number(time) : "";
        string Ratio(string name) => medians.TryGetValue(name, out double time)
            ? (time / ours).ToString("F1", CultureInfo.InvariantCulture)
            : "";
        return $"| {NameOf(what)} | {what.Size} | {Number(ours)} | {Of("opencv")} | {Of("opencv-resize")} | "
            + $"{Of("swscale")} | {Ratio("opencv")} | {Ratio("opencv-resize")} | {Ratio("swscale")} | "
            + $"{off.ToString("F2", CultureInfo.InvariantCulture)} |";
    }

    private static void WriteAlone(TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("## Ours alone, antialiased");
        writer.WriteLine();
        writer.WriteLine("| frame | floats, 3 planes | bytes, side by side | gray | bytes allocated |");
        writer.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        (PixelFormat Format, int Width, int Height, int Size)[] cases =
        [
            (PixelFormat.Yuyv, 640, 480, 224), (PixelFormat.Uyvy, 640, 480, 224), (PixelFormat.Nv12, 640, 480, 224),
            (PixelFormat.Yuv420, 640, 480, 224), (PixelFormat.Rgb24, 640, 480, 224), (PixelFormat.Gray8, 640, 480, 224),
            (PixelFormat.Nv12, 1920, 1080, 224), (PixelFormat.Yuyv, 224, 224, 224), (PixelFormat.Rgb24, 224, 224, 224),
        ];
        foreach ((PixelFormat format, int width, int height, int size) in cases)
            writer.WriteLine(Alone(new PixelCase(format, width, height, size, true)));
    }

    private static string Alone(PixelCase what)
    {
        StringBuilder row = new($"| {NameOf(what)} to {what.Size} |");
        long allocated = 0;
        foreach (PixelTarget target in Enum.GetValues<PixelTarget>())
        {
            Action run = (what with { Target = target }).Prepare(what.MakeFrame(), out Tensor input);
            using Tensor filled = input;
            allocated += Testing.Allocation.Least(run);
            List<double> times = [];
            for (int round = 0; round < Rounds; round++)
                times.AddRange(PixelCase.Time(run, BlockMilliseconds));
            row.Append(' ').Append(Number(Median(times))).Append(" |");
        }

        return row.Append(CultureInfo.InvariantCulture, $" {allocated} |").ToString();
    }

    private static double MeanDifference(ReadOnlySpan<float> ours, float[] theirs)
    {
        double sum = 0;
        for (int i = 0; i < theirs.Length; i++)
            sum += Math.Abs(ours[i] - theirs[i]);

        // A deviation of about 57.6 steps of the bytes.
        return sum / theirs.Length * 57.6;
    }

    private static string NameOf(PixelCase what) => $"{what.Format} {what.Width}x{what.Height}";
}
