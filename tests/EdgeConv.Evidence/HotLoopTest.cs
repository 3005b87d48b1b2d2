using EdgeConv.Evidence.Loops;
using EdgeConv.Evidence.Support;
using Xunit;

namespace EdgeConv.Evidence;

/// <summary>What a model of two cores says about the loops of the published arm64 program.</summary>
[Collection(Figures.Name)]
public sealed class HotLoopTest
{
    private static readonly Lazy<ArmCode> Code =
        new(() => new ArmCode(Published.Daemon, Published.DaemonSymbols));

    public static bool HasModel => CycleModel.IsAvailable;

    [Fact(Skip = CycleModel.Absent, SkipUnless = nameof(HasModel))]
    public void Multiply_adds_a_cycle_do_not_fall()
    {
        Report report = new("hot-loops");
        report.Add($"Hot loops of the arm64 program, multiply-adds a cycle by llvm-mca 19 (modelled)");
        report.Add($"{"loop",-34} {"insns",5} {"fmla",5} {"A72",6} {"bar",5} {"N1",6} {"bar",5}");
        List<string> fallen = [];
        foreach (HotLoop loop in HotLoop.All)
        {
            IReadOnlyList<Instruction> pass = Pass(loop);
            Rate rate = RateOf(pass);
            int products = pass.Count(instruction => instruction.IsMultiplyAdd);
            string remark = loop.Bar is { } bar && rate.IsBelow(bar) ? "  below the bar" : "";
            (double? a72, double? n1) = (loop.Bar?.A72, loop.Bar?.N1);
            (string name, int length) = (loop.Name, pass.Count);
            report.Add(
                $"{name,-34} {length,5} {products,5} {rate.A72,6:F2} {a72,5:F1} {rate.N1,6:F2} {n1,5:F1}",
                remark);
            if (rate.IsBelow(loop.Held))
                fallen.Add($"{loop.Name}: {rate}, held at {loop.Held}");
        }

        report.Write();
        Assert.Empty(fallen);
    }

    [Fact(Skip = CycleModel.Absent, SkipUnless = nameof(HasModel))]
    public void No_loop_of_multiply_adds_spills_a_vector_register()
    {
        List<string> spilling = [];
        int loops = 0;
        foreach (string name in Code.Value.Matching("^EdgeConv_Kernels_.*Neon").Distinct())
        {
            LoopTrace trace = new(Code.Value.Disassemble(name));
            if (!trace.HasHotLoop)
                continue;
            loops++;
            if (trace.Spills > 0)
                spilling.Add($"{name}: {trace.Spills}");
        }

        Assert.True(loops >= HotLoop.All.Count, $"{loops} functions with loops of multiply-adds");
        Assert.Empty(spilling);
    }

    internal static Rate RateOf(IReadOnlyList<Instruction> pass)
    {
        double products = 4.0 * pass.Count(instruction => instruction.IsMultiplyAdd);
        return new Rate(
            products / CycleModel.Cycles(pass, "cortex-a72"),
            products / CycleModel.Cycles(pass, "neoverse-n1"));
    }

    private static IReadOnlyList<Instruction> Pass(HotLoop loop)
    {
        string name = Assert.Single(Code.Value.Matching(loop.Symbol));
        return new LoopTrace(Code.Value.Disassemble(name)).Pass(loop.InnerPasses);
    }
}
