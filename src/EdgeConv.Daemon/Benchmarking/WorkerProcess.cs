using System.Diagnostics;
using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// This program once more, as the worker of one backend. It runs only while it is asked something: in between
/// all its threads are stopped.
/// </summary>
/// <remarks>
/// ONNX Runtime's threads spin for a while after a run, and would take a processor from the other backend.
/// Forbidding them to spin would change what is measured, waiting for them to sleep would take longer than a
/// block. Stopped by the kernel, a worker takes nothing, and spins again as soon as it goes on.
/// </remarks>
internal sealed class WorkerProcess : IDisposable
{
    private readonly WorkerOrder _order;
    private readonly Process _process;

    private WorkerProcess(WorkerOrder order, Process process)
    {
        _order = order;
        _process = process;
    }

    /// <summary>Starts a worker; it dies with the calling thread.</summary>
    /// <exception cref="EdgeConvError">The program cannot be started once more.</exception>
    public static WorkerProcess Start(WorkerOrder order)
    {
        string program = Environment.ProcessPath ?? "/proc/self/exe";
        ProcessStartInfo info = new(program, [BenchWorker.Verb, .. order.Arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return new WorkerProcess(order, Process.Start(info)!);
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new EdgeConvError(program, $"cannot be started as a worker: {problem.Message}", problem);
        }
    }

    /// <summary>Waits until the model is loaded and its first run has ended.</summary>
    /// <param name="notice">Told what the worker wants the user to know.</param>
    /// <exception cref="EdgeConvError">The worker refuses the model, or dies.</exception>
    public WorkerLine.Ready WaitUntilReady(Action<string> notice)
    {
        while (true)
        {
            switch (Read())
            {
                case WorkerLine.Notice line:
                    notice(line.Text);
                    break;
                case WorkerLine.Ready ready:
                    return ready;
                case WorkerLine line:
                    throw Unexpected(line.ToString());
            }
        }
    }

    /// <summary>Has it run for about <paramref name="duration"/>, and pauses it.</summary>
    /// <exception cref="EdgeConvError">The worker dies.</exception>
    public WorkerLine.Times Time(TimeSpan duration)
    {
        NativeProcess.Resume(_process.Id);
        Write(string.Create(CultureInfo.InvariantCulture, $"time {duration.TotalMilliseconds}"));
        WorkerLine line = Read();
        Pause();
        return line as WorkerLine.Times ?? throw Unexpected(line.ToString());
    }

    /// <summary>Stops all its threads until the next request.</summary>
    public void Pause() => NativeProcess.Pause(_process.Id);

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Write(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw Dead();
        }
    }

    private WorkerLine Read()
    {
        string line = _process.StandardOutput.ReadLine() ?? throw Dead();
        return WorkerLine.Parse(line) switch
        {
            // The line names the place itself.
            WorkerLine.Refused refused => throw new WorkerRefusal(refused.Text),
            null => throw Unexpected(line),
            WorkerLine known => known,
        };
    }

    private EdgeConvError Unexpected(string line) =>
        new(_order.Model, $"the worker of {Backend} said '{line}', which is no answer");

    private EdgeConvError Dead()
    {
        _process.WaitForExit();
        int status = _process.ExitCode;
        string how = status > 128
            ? $"was killed by signal {status - 128}"
            : $"ended with status {status}";
        return new EdgeConvError(_order.Model, $"the worker of {Backend} {how} before it answered");
    }

    private string Backend => _order.Backend.ToString().ToLowerInvariant();
}
