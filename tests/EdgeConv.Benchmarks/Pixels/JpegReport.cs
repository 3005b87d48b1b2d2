using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Benchmarks.Pixels;

/// <summary>From a camera's JPEG frame to a network's input: scaled while it is decoded, decoded whole, and OpenCV, in turns.</summary>
internal static class JpegReport
{
    private const int Rounds = 15;
    private const int BlockMilliseconds = 30;
    private const string Scaled = "scaled";
    private const string Whole = "whole";
    private const string Least = "least";

    private static readonly (int Width, int Height)[] s_sizes = [(640, 480), (1280, 720), (1920, 1080)];
    private static readonly int[] s_qualities = [60, 85];

    /// <summary>Measures all cases.</summary>
    /// <param name="others">OpenCV.</param>
    /// <param name="photograph">What the camera sees.</param>
    /// <param name="writer">Receives Markdown.</param>
    /// <exception cref="DataError">The library that decodes is not there.</exception>
    public static void Write(Others others, string photograph, TextWriter writer)
    {
        if (!MjpegDecoder.IsAvailable)
            throw new DataError("libturbojpeg.so.0", "is not there; sudo apt-get install libturbojpeg0");
        writer.WriteLine();
        writer.WriteLine("## MJPG, antialiased, to floats of 224 by 224 in 3 planes");
        writer.WriteLine();
        writer.WriteLine("| frame | KB | decoded as | edgeconv | whole, then resized | decoding at 1/8 | OpenCV | OpenCV, half | "
            + "ours ÷ whole | 1/8 ÷ whole | ours ÷ OpenCV | bytes allocated |");
        writer.WriteLine("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        string file = Path.GetTempFileName();
        try
        {
            foreach ((int width, int height) in s_sizes)
            {
                foreach (int quality in s_qualities)
                    writer.WriteLine(Compare(others, new JpegCase(width, height, quality), photograph, file));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Compare(Others others, JpegCase what, string photograph, string file)
    {
        string[] names = others.Prepare(what, photograph, file);
        byte[] frame = File.ReadAllBytes(file);
        Action scaled = JpegCase.Prepare(frame, out Tensor small, out MjpegDecoder scaling);
        Action whole = what.PrepareWhole(frame, out Tensor large, out TurboJpeg decoding);
        Action least = JpegCase.DecodeLeast(frame, out MjpegDecoder leastDecoding);
        using Tensor first = small, second = large;
        using MjpegDecoder one = scaling, other = leastDecoding;
        using TurboJpeg third = decoding;
        long allocated = Testing.Allocation.Least(scaled);
        Dictionary<string, double> medians = TurnByTurn(
            others, names, new Dictionary<string, Action> { [Scaled] = scaled, [Whole] = whole, [Least] = least });
        return Row(what, frame.Length, medians, allocated);
    }

    private static Dictionary<string, double> TurnByTurn(
        Others others, string[] names, Dictionary<string, Action> ours)
    {
        Dictionary<string, List<double>> times =
            names.Concat(ours.Keys).ToDictionary(name => name, _ => new List<double>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach (string name in times.Keys.Order(StringComparer.Ordinal))
            {
                times[name].AddRange(ours.TryGetValue(name, out Action? run)
                    ? PixelCase.Time(run, BlockMilliseconds)
                    : others.Time(name, BlockMilliseconds));
            }
        }

        return times.ToDictionary(pair => pair.Key, pair => PixelReport.Median(pair.Value));
    }

    private static string Row(JpegCase what, int bytes, Dictionary<string, double> medians, long allocated)
    {
        double ours = medians[Scaled];
        string half = medians.TryGetValue("opencv-half", out double time) ? PixelReport.Number(time) : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {what.Width}x{what.Height} quality {what.Quality} | {bytes / 1000} | 1/{what.Width / what.DecodedWidth} | "
                + $"{ours:F3} | {medians[Whole]:F3} | {medians[Least]:F3} | {medians["opencv"]:F3} | {half} | "
                + $"{ours / medians[Whole]:F2} | {medians[Least] / medians[Whole]:F2} | {ours / medians["opencv"]:F2} | {allocated} |");
    }
}
