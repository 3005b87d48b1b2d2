using EdgeConv.Benchmarks.Family;
using EdgeConv.Benchmarks.Gate;
using EdgeConv.Benchmarks.Governing;
using EdgeConv.Benchmarks.Kernels;
using EdgeConv.Benchmarks.Pixels;
using EdgeConv.Core;

namespace EdgeConv.Benchmarks;

/// <summary>
/// <c>kernels MODEL…</c> compares the kernels that accept the convolutions of these models;
/// <c>gate SERIES RESTORED MODELS NETWORKS FILE</c> tells what the gate is worth, see <see cref="GateData"/>;
/// with <c>time</c> for <c>FILE</c> only what time it takes, on standard output;
/// <c>governor FILE</c> what the governors reach on simulated plants;
/// <c>pixels PYTHON SCRIPT PHOTOGRAPH [mjpg]</c> from a camera's frame, or only one that is a JPEG file, to a network's
/// input, beside OpenCV and swscale;
/// <c>frontier PROGRAM RESTORED MODELS FILE MACHINE</c> what the members of the fashion family are worth and cost.
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
                case ["gate", string series, string restored, string models, string networks, "time"]:
                    return GateReport.PrintTime(new GateData(series, restored, models, networks));
                case ["gate", string series, string restored, string models, string networks, string file]:
                    return GateReport.Write(new GateData(series, restored, models, networks), file);
                case ["governor", string file]:
                    return GovernorReport.Write(file);
                case ["pixels", string python, string script, string photograph]:
                    PixelReport.Write(python, script, photograph, Console.Out);
                    return 0;
                case ["pixels", string python, string script, string photograph, "mjpg"]:
                    PixelReport.WriteCompressed(python, script, photograph, Console.Out);
                    return 0;
                case ["frontier", string program, string restored, string models, string file, string machine]:
                    return FrontierReport.Write(program, restored, models, file, machine);
                default:
                    Console.Error.WriteLine(
                        "usage: EdgeConv.Benchmarks kernels MODEL... | " +
                        "gate SERIES RESTORED MODELS NETWORKS FILE|time | governor FILE | pixels PYTHON SCRIPT PHOTOGRAPH [mjpg] | " +
                        "frontier PROGRAM RESTORED MODELS FILE MACHINE");
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
