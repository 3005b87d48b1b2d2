using EdgeConv.Benchmarks.Gate.Fashion;
using EdgeConv.Benchmarks.Gate.Faults;
using EdgeConv.Benchmarks.Gate.Nab;
using EdgeConv.Benchmarks.Gate.Time;

namespace EdgeConv.Benchmarks.Gate;

/// <summary>What the gate is worth, written as a table.</summary>
internal static class GateReport
{
    // One entry for each set of figures.
    private static readonly Func<GateData, GateSection?>[] Sections =
    [
        HeldOutSection.Measure,
        FalseAlarmSection.Measure,
        LocalisationSection.Measure,
        data => NabSection.Measure(data.Series),
        TimeSection.Measure,
        FaultSection.Measure,
    ];

    /// <summary>Measures the time alone and prints it; 1 when its data are not there.</summary>
    public static int PrintTime(GateData data)
    {
        if (TimeSection.Measure(data) is not { } section)
            return 1;
        Console.WriteLine(string.Join('\n', section.Lines));
        return 0;
    }

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
        foreach (GatePlot plot in sections.Select(section => section.Plot).OfType<GatePlot>())
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(file)!, plot.Name), plot.Svg);
        Console.WriteLine(string.Join('\n', lines));
        return 0;
    }
}

/// <summary>One set of figures.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Lines">Markdown below it.</param>
internal sealed record GateSection(string Title, IReadOnlyList<string> Lines)
{
    /// <summary>A chart of them, written beside the table.</summary>
    public GatePlot? Plot { get; init; }
}

/// <summary>A chart.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Svg">Its file's content.</param>
internal sealed record GatePlot(string Name, string Svg);
