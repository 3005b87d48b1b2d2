using EdgeConv.Engine.Inspection;
using static System.FormattableString;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>Prints what each step of a plan takes.</summary>
internal static class ProfileTable
{
    /// <summary>A line a step, in the order they run, and the sum.</summary>
    /// <param name="steps">What was measured.</param>
    /// <param name="peakGflops">What the machine reaches.</param>
    /// <param name="output">Where to.</param>
    public static void Print(IReadOnlyList<StepTime> steps, double peakGflops, TextWriter output)
    {
        double total = steps.Sum(step => step.Milliseconds);
        output.Write($"  {"operator",-18} {"kernel",-32} {"output",-16} {"ms",9} {"share",6} ");
        output.WriteLine($"{"GFLOP/s",8} {"of peak",7} {"bytes",10} {"GB/s",7}");
        foreach (StepTime step in steps)
        {
            double rate = step.MultiplyAdds == 0 ? 0 : 2 * step.MultiplyAdds / step.Milliseconds / 1e6;
            string shape = string.Join('x', step.Output);
            output.Write(Invariant($"  {step.Operator,-18} {step.Kernel ?? "-",-32} {shape,-16} "));
            output.Write(Invariant($"{step.Milliseconds,9:0.0000} {step.Milliseconds / total,6:0.0%} "));
            output.Write(Invariant($"{rate,8:0.0} {rate / peakGflops,7:0.0%} {step.Bytes,10} "));
            output.WriteLine(Invariant($"{step.Bytes / step.Milliseconds / 1e6,7:0.0}"));
        }

        output.WriteLine(Invariant($"  {"sum",-68} {total,9:0.0000}"));
    }
}
