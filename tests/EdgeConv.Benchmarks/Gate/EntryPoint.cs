using EdgeConv.Benchmarks.Gate.Nab;

namespace EdgeConv.Benchmarks.Gate;

/// <summary><c>EdgeConv.Benchmarks DATA FILE</c>: what the gate is worth, written as a table.</summary>
internal static class EntryPoint
{
    // One entry for each set of figures.
    private static readonly Func<string, GateSection?>[] Sections = [NabSection.Measure];

    private static int Main(string[] args)
    {
        if (args is not [string data, string file])
        {
            Console.Error.WriteLine("usage: EdgeConv.Benchmarks DATA FILE");
            return 2;
        }

        List<string> lines = ["# The gate", "", "Written by `./build.sh bench gate`."];
        foreach (Func<string, GateSection?> measure in Sections)
        {
            if (measure(data) is { } section)
                lines.AddRange(["", $"## {section.Title}", "", .. section.Lines]);
        }

        File.WriteAllLines(file, lines);
        lines.ForEach(Console.WriteLine);
        return 0;
    }
}

/// <summary>One set of figures.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Lines">Markdown below it.</param>
internal sealed record GateSection(string Title, IReadOnlyList<string> Lines);
