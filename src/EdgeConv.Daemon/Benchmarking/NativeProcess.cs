using System.Runtime.InteropServices;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>Stops and continues processes: kill(2), waitid(2), prctl(2).</summary>
internal static unsafe partial class NativeProcess
{
    private const int Continue = 18;
    private const int Stop = 19;
    private const int Kill = 9;
    private const int ById = 1;
    private const int Stopped = 2;
    private const int Exited = 4;
    private const int LeaveWaitable = 0x01000000;
    private const int SetParentDeathSignal = 1;
    private const int SignalInfoBytes = 128;
    private const int Interrupted = 4;

    /// <summary>
    /// Stops every thread of a child, and returns when they stand still or the child is dead.
    /// </summary>
    public static void Pause(int child)
    {
        byte* info = stackalloc byte[SignalInfoBytes];
        if (Signal(child, Stop) != 0)
            return;
        while (WaitForState(ById, child, info, Stopped | Exited | LeaveWaitable) != 0
            && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }
    }

    /// <summary>Lets a child go on that <see cref="Pause"/> has stopped.</summary>
    public static void Resume(int child) => _ = Signal(child, Continue);

    /// <summary>
    /// Has the kernel kill this process when the thread that started it ends: a child that is stopped would
    /// otherwise outlive its parent for good.
    /// </summary>
    public static void DieWithParent() => _ = Control(SetParentDeathSignal, Kill, 0, 0, 0);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitForState(int kind, int id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);
}
