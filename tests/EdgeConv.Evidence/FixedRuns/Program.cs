using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Engine.Execution;

namespace EdgeConv.FixedRuns;

/// <summary>
/// <c>fixed-runs MODEL N</c>: N inferences of our engine on one thread, on inputs that are the same each time,
/// for tools that count what a program does. Prints the sum of the first output.
/// </summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length != 2 ||
            !int.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out int runs))
        {
            Console.Error.WriteLine("usage: fixed-runs MODEL N");
            return 2;
        }

        using ISession session = new EngineSessionFactory().Load(arguments[0], new SessionOptions());
        for (int input = 0; input < session.Inputs.Count; input++)
            Fill(session.GetInput(input));
        for (int run = 0; run < runs; run++)
            session.Run();
        Console.Out.WriteLine(session.MultiplyAdds.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    // Numerical Recipes' linear congruence, scaled to -1..1.
    private static void Fill(Tensor tensor)
    {
        uint random = 1;
        if (tensor.Type != DataType.Float32)
            return;
        foreach (ref float value in tensor.AsSpan<float>())
        {
            random = (random * 1664525) + 1013904223;
            value = ((random >> 8) / 8388608f) - 1;
        }
    }
}
