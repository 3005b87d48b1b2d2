using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Benchmarks.Kernels;

/// <summary>Writes compared rows as Markdown.</summary>
internal static class ChoiceReport
{
    // Blocks of one row differ by so much from one process to the next.
    private const double Noise = 1.03;

    /// <summary>A line for each chosen kernel, and the convolutions for which another is faster.</summary>
    public static void Write(IReadOnlyList<ComparedRows> compared, TextWriter writer)
    {
        double chosen = compared.Sum(rows => rows.Uses * rows.Chosen.Microseconds);
        double fastest = compared.Sum(rows => rows.Uses * rows.Fastest.Microseconds);
        writer.WriteLine($"{compared.Count} convolutions, {compared.Sum(rows => rows.Uses)} uses: "
            + $"{chosen / 1000:F2} ms with the kernels chosen, "
            + $"{fastest / 1000:F2} ms with the fastest of each, {chosen / fastest:F3}.");
        WriteKernels(compared, writer);
        WriteLosses(compared, writer);
    }

    private static void WriteKernels(IReadOnlyList<ComparedRows> compared, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("| chosen | convolutions | fastest, or within 3 % | µs, all uses | chosen ÷ fastest |");
        writer.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (IGrouping<string, ComparedRows> kernel in compared
            .GroupBy(rows => rows.Chosen.Kernel)
            .OrderByDescending(kernel => kernel.Sum(rows => rows.Uses * rows.Chosen.Microseconds)))
        {
            double chosen = kernel.Sum(rows => rows.Uses * rows.Chosen.Microseconds);
            double fastest = kernel.Sum(rows => rows.Uses * rows.Fastest.Microseconds);
            writer.WriteLine($"| {kernel.Key} | {kernel.Count()} | {kernel.Count(rows => Loss(rows) <= Noise)} | "
                + $"{chosen:F0} | {chosen / fastest:F3} |");
        }
    }

    private static void WriteLosses(IReadOnlyList<ComparedRows> compared, TextWriter writer)
    {
        ComparedRows[] lost = [.. compared.Where(rows => Loss(rows) > Noise)
            .OrderByDescending(rows => rows.Uses * (rows.Chosen.Microseconds - rows.Fastest.Microseconds))];
        if (lost.Length == 0)
            return;
        writer.WriteLine();
        writer.WriteLine("| convolution | chosen | µs | fastest | µs | chosen ÷ fastest |");
        writer.WriteLine("| --- | --- | ---: | --- | ---: | ---: |");
        foreach (ComparedRows rows in lost)
        {
            writer.WriteLine($"| {Describe(rows.Shape)} | {rows.Chosen.Kernel} | {rows.Chosen.Microseconds:F2} | "
                + $"{rows.Fastest.Kernel} | {rows.Fastest.Microseconds:F2} | {Loss(rows):F2} |");
        }
    }

    private static double Loss(ComparedRows rows) => rows.Chosen.Microseconds / rows.Fastest.Microseconds;

    // 3x3/2 of 112x112x32 to 56x56x64 in 32 groups
    private static string Describe(ConvolutionShape shape)
    {
        string stride = shape is { StrideX: 1, StrideY: 1 } ? "" : $"/{shape.StrideY}x{shape.StrideX}";
        string groups =
            shape.Groups == 1 ? "" : shape.IsDepthwise ? ", depthwise" : $", {shape.Groups} groups";
        string order = shape.IsInputPlanar ? " planes" : "";
        return $"{shape.KernelHeight}x{shape.KernelWidth}{stride} of "
            + $"{shape.InputHeight}x{shape.InputWidth}x{shape.InputChannels}{order} to "
            + $"{shape.OutputHeight}x{shape.OutputWidth}x{shape.OutputChannels}{groups}";
    }
}
