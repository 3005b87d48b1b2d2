using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Trained models of a size that a test can run as they are written.</summary>
public class TrainedModelPassTest
{
    private const long MostMultiplyAdds = 20_000_000;

    [Fact]
    public void Trained_models_compute_the_same_with_all_passes_and_with_none()
    {
        int compared = 0;
        foreach (string path in RealModels.Trained())
        {
            using EngineSession plain = Load(path, PassLevel.None);
            if (plain.MultiplyAdds > MostMultiplyAdds || IsQuantised(path))
                continue;
            using EngineSession rewritten = Load(path, PassLevel.ChannelsLast);
            PassCase.AssertSame(Run(plain), Run(rewritten));
            compared++;
        }

        Assert.True(compared >= 4, $"{compared} models");
    }

    // Rounding before a quantised layer may move its output by whole steps; the golden outputs hold those.
    private static bool IsQuantised(string path) =>
        OnnxReader.Read(path).Graph.Nodes.Any(node => node.OperatorName == "QuantizeLinear");

    private static EngineSession Load(string path, PassLevel passes) =>
        new(ModelCompiler.Compile(OnnxReader.Read(path), new SessionOptions(), passes));

    private static float[][] Run(EngineSession session)
    {
        SmallModels.Fill(session);
        session.Run();
        return [.. Enumerable.Range(0, session.Outputs.Count)
            .Select(i => session.GetOutput(i).AsSpan<float>().ToArray())];
    }
}
