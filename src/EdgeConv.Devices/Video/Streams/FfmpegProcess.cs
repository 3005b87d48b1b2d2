using System.Diagnostics;
using EdgeConv.Core;

namespace EdgeConv.Devices.Video.Streams;

/// <summary>
/// A running ffmpeg: pictures come out of <see cref="Pictures"/>. It dies with the thread that started it, where
/// <see cref="Bond"/> can do that, and at the latest when it writes to a reader that is gone.
/// </summary>
internal sealed class FfmpegProcess : IDisposable
{
    private const int BufferBytes = 1 << 16;
    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(1);
    private readonly Process _process;
    private volatile string? _lastLine;

    private FfmpegProcess(Process process)
    {
        _process = process;
        Pictures = new BufferedStream(process.StandardOutput.BaseStream, BufferBytes);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>What it writes.</summary>
    public Stream Pictures { get; }

    /// <summary>The last line that it has complained in, or null. It may hold a password.</summary>
    public string? LastLine => _lastLine;

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>Where the program is; null when it is not there.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "ffmpeg")).FirstOrDefault(File.Exists);

    /// <summary>Starts it, and gives it its standard input.</summary>
    /// <exception cref="DeviceError">It is not installed, or cannot be started.</exception>
    public static FfmpegProcess Start(string place, IReadOnlyList<string> arguments, string input)
    {
        string program = Find() ?? throw new DeviceError(
            place, "ffmpeg is not installed; it decodes video (Debian package ffmpeg)");
        ProcessStartInfo info = Bond.Command(program, arguments);
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        FfmpegProcess? started = null;
        try
        {
            started = new(Process.Start(info)!);
            started.Feed(input);
            return started;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or IOException)
        {
            started?.Dispose();
            throw new DeviceError(place, $"ffmpeg cannot be started: {error.Message}", error);
        }
    }

    /// <summary>Ends it at once: a read of <see cref="Pictures"/> comes to its end.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Waits a moment for its end, so that its last words are there.</summary>
    public void WaitForEnd()
    {
        if (_process.WaitForExit(s_end))
            _process.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit(s_end);
        Pictures.Dispose();
        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
            _lastLine = line;
    }

    private void Feed(string input)
    {
        _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }
}
