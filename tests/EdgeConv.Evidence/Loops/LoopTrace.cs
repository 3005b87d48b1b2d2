namespace EdgeConv.Evidence.Loops;

/// <summary>The loops of a function, and the instructions of one pass through the hot one.</summary>
internal sealed class LoopTrace
{
    private const int Longest = 10_000;

    private readonly IReadOnlyList<Instruction> _code;
    private readonly Dictionary<long, int> _indices;
    private readonly List<(long Start, long End)> _loops;

    public LoopTrace(IReadOnlyList<Instruction> code)
    {
        _code = code;
        _indices = code.Select((instruction, index) => (instruction.Address, index))
            .ToDictionary(pair => pair.Address, pair => pair.index);
        // A jump backwards closes a loop; several to one place are one loop.
        _loops = [.. code
            .Where(jump => jump.Target <= jump.Address && _indices.ContainsKey(jump.Target.Value))
            .GroupBy(jump => jump.Target!.Value, jump => jump.Address)
            .Select(jumps => (jumps.Key, jumps.Max()))];
    }

    /// <summary>Whether a loop multiplies and adds vectors.</summary>
    public bool HasHotLoop => _loops.Any(loop => Inside(loop).Any(instruction => instruction.IsMultiplyAdd));

    /// <summary>
    /// Moves of vector registers to or from the stack in innermost loops that multiply and add.
    /// </summary>
    public int Spills => Innermost
        .Select(Inside)
        .Where(body => body.Any(instruction => instruction.IsMultiplyAdd))
        .Sum(body => body.Count(instruction => instruction.IsSpill));

    private IEnumerable<(long Start, long End)> Innermost =>
        _loops.Where(loop => !_loops.Any(other => other != loop && Contains(loop, other)));

    // The loops around the innermost one with the most multiply-adds, that one first.
    private List<(long Start, long End)> Nest
    {
        get
        {
            (long Start, long End) hot =
                Innermost.MaxBy(loop => Inside(loop).Count(instruction => instruction.IsMultiplyAdd));
            return [.. _loops.Where(loop => Contains(loop, hot)).OrderBy(loop => loop.End - loop.Start)];
        }
    }

    /// <summary>
    /// One pass: of the hot loop itself, or of a loop around it in which the inner ones take so many passes,
    /// the innermost first. Jumps forwards are not taken, but for unconditional ones.
    /// </summary>
    public IReadOnlyList<Instruction> Pass(params ReadOnlySpan<int> innerPasses)
    {
        List<(long Start, long End)> nest = Nest;
        long top = nest[innerPasses.Length].Start;
        Dictionary<long, int> passes = [], left = [];
        for (int i = 0; i < innerPasses.Length; i++)
            left[nest[i].Start] = passes[nest[i].Start] = innerPasses[i] - 1;
        List<Instruction> pass = [];
        for (int index = _indices[top]; pass.Count < Longest; index++)
        {
            Instruction instruction = _code[index];
            pass.Add(instruction);
            if (instruction.Target is not { } target)
                continue;
            if (target == top)
                return pass;
            if (instruction.Mnemonic == "b")
                index = _indices[target] - 1;
            else if (left.TryGetValue(target, out int again) && again > 0)
                (left[target], index) = (again - 1, _indices[target] - 1);
            else if (passes.TryGetValue(target, out int all))
                left[target] = all;
        }

        throw new InvalidOperationException("the pass does not come back to its beginning");
    }

    private static bool Contains((long Start, long End) outer, (long Start, long End) inner) =>
        outer.Start <= inner.Start && inner.End <= outer.End;

    private IEnumerable<Instruction> Inside((long Start, long End) loop) =>
        _code.Where(instruction => instruction.Address >= loop.Start && instruction.Address <= loop.End);
}
