using EdgeConv.Benchmarks.Gate;
using EdgeConv.Benchmarks.Kernels;
using EdgeConv.Core;

namespace EdgeConv.Benchmarks;

/// <summary>
/// <c>kernels MODEL…</c> compares the kernels that accept the convolutions of these models; <c>gate DATA FILE</c>
/// tells what the gate is worth.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["kernels", _, ..]:
                    KernelChoice.Run(arguments[1..]);
                    return 0;
                case ["gate", string data, string file]:
                    return GateReport.Write(data, file);
                default:
                    Console.Error.WriteLine("usage: EdgeConv.Benchmarks kernels MODEL... | gate DATA FILE");
                    return 2;
            }
        }
        catch (EdgeConvError problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 1;
        }
    }
}
