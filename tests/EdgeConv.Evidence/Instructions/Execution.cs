using System.Globalization;

namespace EdgeConv.Evidence.Instructions;

/// <summary>What a program executed.</summary>
/// <param name="Total">Instructions.</param>
/// <param name="Fmla">Of these multiply-adds of vectors of floats.</param>
/// <param name="Memory">Of these loads and stores.</param>
/// <param name="Blocks">Instructions executed in the block at each address.</param>
internal sealed record Execution(long Total, long Fmla, long Memory, IReadOnlyDictionary<long, long> Blocks)
{
    /// <summary>Reads what the plugin wrote.</summary>
    public static Execution Read(string file)
    {
        Dictionary<string, long> sums = [];
        Dictionary<long, long> blocks = [];
        foreach (string[] parts in File.ReadLines(file).Select(line => line.Split(' ')))
        {
            if (parts[0] != "block")
            {
                sums.Add(parts[0], Number(parts[1]));
                continue;
            }

            long address = long.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            blocks[address] = blocks.GetValueOrDefault(address) + (Number(parts[2]) * Number(parts[3]));
        }

        return new Execution(sums["total"], sums["fmla"], sums["memory"], blocks);
    }

    /// <summary>One of so many runs.</summary>
    public Execution PerRun(int runs) => new(
        Total / runs,
        Fmla / runs,
        Memory / runs,
        Blocks.ToDictionary(block => block.Key, block => block.Value / runs));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
