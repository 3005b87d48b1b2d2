using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Benchmarks.Kernels;

/// <summary>
/// Times every row of <see cref="KernelTable"/> that accepts a convolution of
/// these models, of every instruction set of this machine, and writes what the first row loses to the fastest.
/// </summary>
internal static class KernelChoice
{
    /// <summary>Measures the convolutions of some models and prints what it finds.</summary>
    /// <exception cref="ModelError">One of them cannot be read.</exception>
    public static void Run(string[] models)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        ChoiceReport.Write(Compare(UsesIn(models)), Console.Out);
    }

    // How often the models have each convolution.
    private static Dictionary<ConvolutionShape, int> UsesIn(string[] models)
    {
        Dictionary<ConvolutionShape, int> uses = [];
        foreach (ConvolutionShape shape in models.SelectMany(model => ModelInspection.Convolutions(model)))
            uses[shape] = uses.GetValueOrDefault(shape) + 1;
        return uses;
    }

    private static List<ComparedRows> Compare(Dictionary<ConvolutionShape, int> uses)
    {
        List<ComparedRows> compared = [];
        foreach ((ConvolutionShape shape, int count) in uses)
        {
            compared.Add(ComparedRows.Measure(shape, count));
            if (!Console.IsErrorRedirected)
                Console.Error.Write($"\r{compared.Count} of {uses.Count} convolutions");
        }

        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine();
        return compared;
    }
}
