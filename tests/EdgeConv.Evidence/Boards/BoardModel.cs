using EdgeConv.Evidence.Instructions;
using EdgeConv.Evidence.Loops;

namespace EdgeConv.Evidence.Boards;

/// <summary>
/// Milliseconds of an inference on a board that is not there. Cycles are, over all functions, executed
/// instructions times cycles an instruction of the function's innermost loop of multiply-adds by llvm-mca,
/// which knows no cache; of other functions what <see cref="Board.OtherInstructionsPerCycle"/> says. Memory
/// time is the lines that the simulated last level of a Raspberry Pi 4 misses, at the board's bandwidth. The
/// truth lies between the two overlapping wholly and not at all, if the rest is right; threads share out the
/// cycles evenly and the bandwidth not at all.
/// </summary>
internal static class BoardModel
{
    // Where qemu-user puts a position-independent program.
    private const long Base = 0x5500000000;

    /// <summary>Millions of cycles of one inference.</summary>
    public static double Megacycles(ArmCode code, Execution execution, Board board)
    {
        Dictionary<string, long> functions = code.ByFunction(
            execution.Blocks.Select(block => KeyValuePair.Create(block.Key - Base, block.Value)));
        long known = 0;
        double cycles = 0;
        foreach ((string name, long instructions) in functions)
        {
            if (instructions < execution.Total / 500)
                continue;
            known += instructions;
            cycles += instructions * PerInstruction(code, name, board);
        }

        if (known < execution.Total * 0.9)
            throw new InvalidOperationException($"only {known} of {execution.Total} lie in known functions");
        return (cycles + ((execution.Total - known) / board.OtherInstructionsPerCycle)) / 1e6;
    }

    /// <summary>Milliseconds with so many threads: memory hidden behind arithmetic, and not.</summary>
    public static (double Least, double Most) Milliseconds(
        double megacycles, long misses, Board board, int threads)
    {
        double compute = megacycles / board.Gigahertz / threads;
        double memory = misses * Cache.Misses.Line / board.GigabytesPerSecond / 1e6;
        return (Math.Max(compute, memory), compute + memory);
    }

    private static double PerInstruction(ArmCode code, string function, Board board)
    {
        LoopTrace trace = new(code.Disassemble(function));
        if (!trace.HasHotLoop)
            return 1 / board.OtherInstructionsPerCycle;
        IReadOnlyList<Instruction> pass = trace.Pass();
        return CycleModel.Cycles(pass, board.Core) / pass.Count;
    }
}
