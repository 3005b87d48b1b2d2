using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

/// <summary>Measures the memory of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(SessionMemoryTest), DisableParallelization = true)]
[Collection(nameof(SessionMemoryTest))]
public class SessionMemoryTest
{
    // Each session holds 0.4 MB of weights and 9 MB of activations: a thousandth of that kept by each shows.
    private const long Allowed = 8L << 20;

    public static bool IsOnThisProcessor => Environment.GetEnvironmentVariable("EDGECONV_TEST_GRID") != "small";

    [Fact(
        SkipUnless = nameof(IsOnThisProcessor),
        Skip = "qemu-user keeps some memory for each address ever mapped, for a plain C program too")]
    public void A_thousand_sessions_leave_no_memory_behind()
    {
        byte[] model = SmallModels.SeparableBlocks(64, 192).ToBytes();
        OpenAndClose(model, 1000);
        long before = ResidentBytes();
        OpenAndClose(model, 1000);
        Assert.InRange(ResidentBytes() - before, long.MinValue, Allowed);
    }

    private static void OpenAndClose(byte[] model, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using ISession session = EngineSessionFactory.Load(
                OnnxReader.Parse(model, "m.onnx"), new SessionOptions());
            session.GetInput(0).AsSpan<float>().Fill(1);
        }
    }

    // What the collector keeps for later is no leak.
    private static long ResidentBytes()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
