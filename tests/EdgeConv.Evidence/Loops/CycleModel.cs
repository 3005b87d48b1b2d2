using System.Globalization;
using System.Text.RegularExpressions;
using EdgeConv.Evidence.Support;

namespace EdgeConv.Evidence.Loops;

/// <summary>
/// Cycles that llvm-mca 19 predicts: everything in the first-level cache, jumps predicted, steady state. Its
/// Cortex-A72 is the Cortex-A57 model; Neoverse N1 stands for Cortex-A76, whose own name is that model too.
/// </summary>
internal static partial class CycleModel
{
    private const int Iterations = 200;

    /// <summary>Why there are no predictions.</summary>
    public const string Absent = "llvm-mca-19 (package llvm-19) or the arm64 program with its symbols " +
        "(./build.sh publish linux-arm64) is not there";

    public static bool IsAvailable => Tool.Find("llvm-mca-19") is not null
        && File.Exists(Published.Daemon) && File.Exists(Published.DaemonSymbols);

    /// <summary>Cycles of one pass on <c>cortex-a72</c> or <c>neoverse-n1</c>.</summary>
    public static double Cycles(IReadOnlyList<Instruction> pass, string core)
    {
        string file = Path.Combine(Report.Folder, "loop.s");
        File.WriteAllLines(file, [".Ltop:", .. pass.Select(Line)]);
        string text = Tool.Run(
            "llvm-mca-19",
            ["-mtriple=aarch64", $"-mcpu={core}", $"-iterations={Iterations}", file]);
        return double.Parse(Total().Match(text).Groups[1].Value, CultureInfo.InvariantCulture) / Iterations;
    }

    // llvm-mca wants a name where the disassembler writes an address.
    private static string Line(Instruction instruction)
    {
        string operands = instruction.Target is null
            ? instruction.Operands
            : Address().Replace(instruction.Operands, ".Ltop");
        return $"\t{instruction.Mnemonic}\t{operands}";
    }

    [GeneratedRegex(@"Total Cycles:\s+(\d+)")]
    private static partial Regex Total();

    [GeneratedRegex("0x[0-9a-f]+$")]
    private static partial Regex Address();
}
