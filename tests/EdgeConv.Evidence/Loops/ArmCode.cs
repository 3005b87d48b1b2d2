using System.Globalization;
using System.Text.RegularExpressions;
using EdgeConv.Evidence.Support;

namespace EdgeConv.Evidence.Loops;

/// <summary>One instruction of a disassembled function.</summary>
/// <param name="Address">Where it lies.</param>
/// <param name="Mnemonic">For example <c>fmla</c>.</param>
/// <param name="Operands">As the disassembler writes them.</param>
internal sealed record Instruction(long Address, string Mnemonic, string Operands)
{
    /// <summary>Whether it is a vector multiply-add.</summary>
    public bool IsMultiplyAdd => Mnemonic == "fmla" && Operands.StartsWith('v');

    /// <summary>Whether it moves a vector register to or from the stack.</summary>
    public bool IsSpill => Mnemonic is "ldr" or "str" or "ldp" or "stp" or "ldur" or "stur"
        && Operands[0] is 'q' or 'd' or 's'
        && (Operands.Contains("[sp", StringComparison.Ordinal)
            || Operands.Contains("[x29", StringComparison.Ordinal));

    /// <summary>Where it may jump to; null when it is no jump within a function.</summary>
    public long? Target { get; } = TargetOf(Mnemonic, Operands);

    private static long? TargetOf(string mnemonic, string operands)
    {
        bool isJump = mnemonic is "b" or "cbz" or "cbnz" or "tbz" or "tbnz"
            || mnemonic.StartsWith("b.", StringComparison.Ordinal);
        if (!isJump)
            return null;
        int at = operands.LastIndexOf("0x", StringComparison.Ordinal);
        return long.Parse(operands.AsSpan(at + 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}

/// <summary>The functions of a published program, by the symbols that were split from it.</summary>
internal sealed partial class ArmCode
{
    private readonly string _program;
    private readonly List<(long Address, long Size, string Name)> _symbols = [];

    public ArmCode(string program, string symbols)
    {
        _program = program;
        foreach (string line in Tool.Run("llvm-nm-19", ["-S", symbols]).Split('\n'))
        {
            string[] parts = line.Split(' ', 4);
            if (parts.Length == 4 && parts[2] is "t" or "T")
                _symbols.Add((Hex(parts[0]), Hex(parts[1]), parts[3]));
        }

        _symbols.Sort();
    }

    /// <summary>Names of all functions that match a pattern.</summary>
    public IEnumerable<string> Matching(string pattern) =>
        _symbols.Where(symbol => Regex.IsMatch(symbol.Name, pattern)).Select(symbol => symbol.Name);

    /// <summary>
    /// Executed instructions of each function, from those of blocks at addresses of the program.
    /// </summary>
    public Dictionary<string, long> ByFunction(IEnumerable<KeyValuePair<long, long>> blocks)
    {
        Dictionary<string, long> sums = [];
        foreach ((long address, long instructions) in blocks)
        {
            int index = _symbols.BinarySearch((address, long.MaxValue, ""));
            index = index < 0 ? ~index - 1 : index;
            if (index >= 0 && address < _symbols[index].Address + _symbols[index].Size)
                sums[_symbols[index].Name] = sums.GetValueOrDefault(_symbols[index].Name) + instructions;
        }

        return sums;
    }

    /// <summary>The instructions of a function.</summary>
    public IReadOnlyList<Instruction> Disassemble(string name)
    {
        (long address, long size, _) = _symbols.First(symbol => symbol.Name == name);
        string text = Tool.Run(
            "llvm-objdump-19",
            [
                "-d", "--no-show-raw-insn", $"--start-address={address}", $"--stop-address={address + size}",
                _program,
            ]);
        return [.. Line().Matches(text).Select(match => new Instruction(
            Hex(match.Groups[1].Value), match.Groups[2].Value, match.Groups[3].Value.Trim()))];
    }

    private static long Hex(string text) =>
        long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*([0-9a-f]+):\s+([a-z][\w.]*)[ \t]*([^</\n]*)", RegexOptions.Multiline)]
    private static partial Regex Line();
}
