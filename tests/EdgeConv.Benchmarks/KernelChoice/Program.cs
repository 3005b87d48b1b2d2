using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Convolution;

namespace EdgeConv.KernelChoice;

/// <summary>
/// <c>kernel-choice MODEL…</c>: times every row of <see cref="KernelTable"/> that accepts a convolution of
/// these models, of every instruction set of this machine, and writes what the first row loses to the fastest.
/// </summary>
internal static class Program
{
    public static int Main(string[] models)
    {
        if (models.Length == 0)
        {
            Console.Error.WriteLine("usage: kernel-choice MODEL...");
            return 2;
        }

        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            ChoiceReport.Write(Compare(UsesIn(models)), Console.Out);
            return 0;
        }
        catch (ModelError problem)
        {
            Console.Error.WriteLine($"kernel-choice: {problem.Message}");
            return 1;
        }
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
