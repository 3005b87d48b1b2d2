using EdgeConv.Benchmarks.Gate.Fashion;
using EdgeConv.Benchmarks.Gate.Faults;
using EdgeConv.Benchmarks.Gate.Nab;

namespace EdgeConv.Benchmarks.Gate;

/// <summary>What the gate is worth, written as a table.</summary>
internal static class GateReport
{
    // One entry for each set of figures.
    private static readonly Func<GateData, GateSection?>[] Sections =
    [
        FalseAlarmSection.Measure,
        LocalisationSection.Measure,
        data => NabSection.Measure(data.Series),
        FaultSection.Measure,
    ];

    /// <summary>Measures and writes the file; 1 when there is nothing to measure.</summary>
    public static int Write(GateData data, string file)
    {
        GateSection[] sections = [.. Sections.Select(measure => measure(data)).OfType<GateSection>()];
        if (sections.Length == 0)
        {
            Console.Error.WriteLine($"nothing could be measured; {file} is left as it is");
            return 1;
        }

        string[] lines =
        [
            "# The gate", "", "Written by `./build.sh bench gate`.",
            .. sections.SelectMany(section => (string[])["", $"## {section.Title}", "", .. section.Lines]),
        ];
        File.WriteAllLines(file, lines);
        Console.WriteLine(string.Join('\n', lines));
        return 0;
    }
}

/// <summary>One set of figures.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Lines">Markdown below it.</param>
internal sealed record GateSection(string Title, IReadOnlyList<string> Lines);
