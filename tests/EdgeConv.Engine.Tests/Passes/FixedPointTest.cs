using CsCheck;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Convolution;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Passes end where none of them finds anything to do, and leave a graph that is sound.</summary>
public class FixedPointTest
{
    [Fact]
    public void Random_graphs_are_sound_and_at_rest_after_all_passes() =>
        Gen.Int[0, int.MaxValue].Sample(seed => Check(RandomModel.Make(seed).Read()), iter: 200);

    [Fact(
        SkipUnless = nameof(RealModels.HasConformance),
        SkipType = typeof(RealModels),
        Skip = RealModels.ConformanceAbsent)]
    public void Models_of_the_conformance_suite_are_sound_and_at_rest_after_all_passes()
    {
        int rewritten = 0;
        foreach (string folder in RealModels.Conformance())
        {
            string path = Path.Combine(folder, "model.onnx");
            if (Record.Exception(() => rewritten += Check(OnnxReader.Read(path))) is { } error)
                Assert.True(error is ModelError, $"{folder}: {error}");
        }

        Assert.True(rewritten > 0);
    }

    private static int Check(OnnxModel model)
    {
        ModelGraph graph = model.Graph;
        ShapeInference.Run(graph, new SessionOptions());
        GraphInvariants.Hold(graph);
        int cleaned = PassList.Run(graph, [], PassLevel.CleanUp).Count;
        GraphInvariants.Hold(graph);
        Assert.Empty(PassList.Run(graph, [], PassLevel.CleanUp));
        int fused = PassList.Run(graph, [], PassLevel.Fuse).Count;
        GraphInvariants.Hold(graph);
        Assert.Empty(PassList.Run(graph, [], PassLevel.Fuse));
        return cleaned + fused;
    }
}
