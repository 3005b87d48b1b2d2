using EdgeConv.Evidence.Boards;
using EdgeConv.Evidence.Cache;
using EdgeConv.Evidence.Instructions;
using EdgeConv.Evidence.Loops;
using EdgeConv.Evidence.Support;
using Xunit;

namespace EdgeConv.Evidence;

/// <summary>
/// What instructions, cycles and misses together say about MobileNetV2-224 on boards that are not there.
/// </summary>
[Collection(Figures.Name)]
public sealed class BoardModelTest
{
    private const double Megaproducts = 300.77;

    public static bool HasEverything =>
        CycleModel.IsAvailable && Emulator.IsAvailable && CacheMissTest.HasNetwork;

    [Fact(Skip = Published.NoMobileNetV2 + "a tool is not there", SkipUnless = nameof(HasEverything))]
    public void Modelled_times_lie_above_the_floor_of_the_arithmetic()
    {
        string model = Published.MobileNetV2!, program = Published.FixedRuns("linux-arm64");
        Execution execution = Emulator.PerInference("edgeconv", model);
        long misses = CacheModel.PerInference(model).Last;
        ArmCode code = new(program, program + ".dbg");
        Report report = new("boards");
        report.Add($"mobilenet_v2_224, fp32, milliseconds an inference: MODELLED, not measured");
        foreach (Board board in Board.All)
        {
            double megacycles = BoardModel.Megacycles(code, execution, board);
            foreach (int threads in (int[])[1, 4])
            {
                (double least, double most) = BoardModel.Milliseconds(megacycles, misses, board, threads);
                report.Add($"{board.Name}, threads {threads}: {least,5:F1} to {most,5:F1} modelled");
            }

            foreach (string published in board.Published)
                report.Add($"    published, {published}");
            double floor = Megaproducts / (board.Core == "cortex-a72" ? 4 : 8);
            Assert.InRange(megacycles, floor, 2 * floor);
        }

        report.Write();
    }
}
