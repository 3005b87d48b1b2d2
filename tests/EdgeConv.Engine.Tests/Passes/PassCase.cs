using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Graph;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Rewrites a model and holds it to the one that was not rewritten.</summary>
internal static class PassCase
{
    private const float Tolerance = 1e-5f;

    /// <summary>
    /// The operators left after all passes; outputs must be as without passes, within 1e-5 of the largest.
    /// </summary>
    public static string Rewritten(ModelBuilder builder, params string[] taps) =>
        string.Join(' ', Graph(builder, taps).Nodes.Select(node => node.OperatorName));

    /// <summary>The rewritten graph, checked.</summary>
    public static ModelGraph Graph(ModelBuilder builder, params string[] taps)
    {
        ModelGraph plain = Inferred(builder);
        ModelGraph rewritten = Inferred(builder);
        PassList.Run(rewritten, taps, PassLevel.CleanUp, ReferenceOperators.Create);
        Assert.Empty(PassList.Run(rewritten, taps, PassLevel.CleanUp, ReferenceOperators.Create));
        Assert.Equal(plain.OutputNames, rewritten.OutputNames);
        GraphInvariants.Hold(rewritten);
        foreach (string tap in taps)
            Assert.Contains(rewritten.Nodes, node => node.Outputs.Any(value => value?.Name == tap));
        AssertSame(GraphRunner.Run(plain, seed: 5), GraphRunner.Run(rewritten, seed: 5));
        return rewritten;
    }

    private static ModelGraph Inferred(ModelBuilder builder)
    {
        ModelGraph graph = builder.Read().Graph;
        ShapeInference.Run(graph, new SessionOptions(), ReferenceOperators.Create);
        return graph;
    }

    /// <summary>Outputs are the same within 1e-5 of the largest.</summary>
    public static void AssertSame(float[][] expected, float[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach ((float[] wanted, float[] found) in expected.Zip(actual))
        {
            Assert.Equal(wanted.Length, found.Length);
            float largest = wanted.Select(Math.Abs).DefaultIfEmpty().Max();
            for (int i = 0; i < wanted.Length; i++)
                Assert.Equal(wanted[i], found[i], Tolerance * Math.Max(1, largest));
        }
    }
}
