using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeConv.EndToEnd;

/// <summary>A started program whose output is collected line by line; killed when disposed.</summary>
public sealed partial class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    public RunningProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public void Signal(PosixSignal signal) => _ = Kill(_process.Id, signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGTERM => 15,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    });

    public void KillHard() => _process.Kill();

    /// <summary>Waits until the program says something, or fails with what it did say.</summary>
    public async Task WaitForAsync(string text, TimeSpan limit)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!Output.Contains(text, StringComparison.Ordinal) && !Errors.Contains(text, StringComparison.Ordinal))
        {
            if (Stopwatch.GetElapsedTime(begun) > limit)
                throw new TimeoutException($"no '{text}' in {limit.TotalSeconds} s:\n{Output}\n{Errors}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits for the end.</summary>
    public (int Status, string Output, string Errors) WaitForEnd(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit))
            throw new TimeoutException($"still running after {limit.TotalSeconds} s:\n{Output}\n{Errors}");
        _process.WaitForExit();
        return (_process.ExitCode, Output, Errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.AppendLine(line);
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
