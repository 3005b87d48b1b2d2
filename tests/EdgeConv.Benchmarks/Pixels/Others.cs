using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using EdgeConv.Core;

namespace EdgeConv.Benchmarks.Pixels;

/// <summary>A process with OpenCV and swscale, which runs only while it is asked.</summary>
internal sealed class Others : IDisposable
{
    private readonly Process _process;

    /// <exception cref="DataError">The interpreter cannot be started.</exception>
    public Others(string python, string script)
    {
        ProcessStartInfo start = new(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new DataError(python, error.Message, error);
        }
    }

    /// <summary>Prepares a case.</summary>
    /// <returns>The names of what can be timed.</returns>
    public string[] Prepare(PixelCase what, string file) => Ask(string.Create(
        CultureInfo.InvariantCulture,
        $"case {what.Format} {what.Width} {what.Height} {what.Size} {(what.Antialias ? "antialias" : "plain")} {file}"))
        .Split(' ');

    /// <summary>Makes a frame as a camera compresses it, 4:2:2, and prepares to decode it.</summary>
    /// <returns>The names of what can be timed.</returns>
    public string[] Prepare(JpegCase what, string photograph, string file) => Ask(string.Create(
        CultureInfo.InvariantCulture,
        $"jpeg {what.Width} {what.Height} {what.Quality} {JpegCase.Size} {file} {photograph}"))
        .Split(' ');

    /// <summary>Runs one of them for some time.</summary>
    /// <returns>Milliseconds of each run.</returns>
    public double[] Time(string name, int milliseconds) =>
    [
        .. Ask(string.Create(CultureInfo.InvariantCulture, $"time {name} {milliseconds}")).Split(' ')
            .Select(time => double.Parse(time, CultureInfo.InvariantCulture) / 1e6),
    ];

    /// <summary>The planes that one of them makes.</summary>
    public float[] Picture(string name, string file)
    {
        Ask($"picture {name} {file}");
        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine()
            ?? throw new DataError("others.py", $"ended at '{line}', see its message above");
    }
}
