using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Kernels;

namespace EdgeConv.Daemon;

/// <summary>
/// The same program built for x86-64-v4, which lies beside this one: where the machine has AVX-512 it takes this
/// one's place. A native program cannot ask for an instruction set above the one it was built for.
/// </summary>
internal static unsafe partial class WideBuild
{
    /// <summary>Its name.</summary>
    public const string FileName = "edgeconv-v4";

    // x86-64-v4 as the System V ABI for x86-64 defines it, by the kernel's names.
    private static readonly string[] Needed = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];

    /// <summary>
    /// Runs it in this process's place. Returns where it is not there or not for this machine, or where
    /// <see cref="KernelTable.Variable"/> names another set.
    /// </summary>
    public static void TakeOver()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || Avx512DQ.IsSupported
            || !IsWanted(Environment.GetEnvironmentVariable(KernelTable.Variable)))
        {
            return;
        }

        string program = Path.Combine(AppContext.BaseDirectory, FileName);
        if (File.Exists(program) && RunsHere(ProcessorFlags()))
            Execute(program, Environment.GetCommandLineArgs());
    }

    /// <summary>Whether a machine with these flags of <c>/proc/cpuinfo</c> runs it.</summary>
    public static bool RunsHere(string flags) => !Needed.Except(flags.Split(' ')).Any();

    private static bool IsWanted(string? set) => string.IsNullOrEmpty(set)
        || string.Equals(set, nameof(KernelSet.Avx512), StringComparison.OrdinalIgnoreCase);

    // The kernel leaves out what it does not save for a thread.
    private static string ProcessorFlags()
    {
        try
        {
            return File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // Comes back only when the kernel refuses the file.
    private static void Execute(string program, string[] arguments)
    {
        nint* pointers = stackalloc nint[arguments.Length + 1];
        for (int i = 0; i < arguments.Length; i++)
            pointers[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        pointers[arguments.Length] = 0;
        _ = Execute(program, pointers);
        for (int i = 0; i < arguments.Length; i++)
            Marshal.FreeCoTaskMem(pointers[i]);
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, nint* arguments);
}
