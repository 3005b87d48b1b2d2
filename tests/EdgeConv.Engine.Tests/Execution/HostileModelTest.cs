using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public class HostileModelTest
{
    private const int Mutations = 4000;
    private const long RunnableMultiplyAdds = 20_000_000;

    /// <summary>
    /// Changed bytes, as a broken disk or a hostile author leaves them, end in an error or a run.
    /// </summary>
    [Fact]
    public void A_mutated_model_is_refused_or_runs()
    {
        byte[] model = SmallModels.SeparableBlocks(8).ToBytes();
        Random random = new(20);
        int ran = 0;
        for (int i = 0; i < Mutations; i++)
            ran += TryRun(Mutate(model, random)) ? 1 : 0;
        Assert.InRange(ran, 1, Mutations - 1);
    }

    private static byte[] Mutate(byte[] model, Random random)
    {
        byte[] mutated = [.. model];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
        return random.Next(10) == 0 ? mutated[..random.Next(mutated.Length)] : mutated;
    }

    private static bool TryRun(byte[] model)
    {
        try
        {
            using ISession session = EngineSessionFactory.Load(
                OnnxReader.Parse(model, "m.onnx"), new SessionOptions { Taps = ["p2"] });
            if (session.MultiplyAdds <= RunnableMultiplyAdds)
                session.Run();
            return true;
        }
        catch (ModelError)
        {
            return false;
        }
    }
}
