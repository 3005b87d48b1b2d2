using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>
/// Rewrites a model with the engine's operators and holds it to the one that was not rewritten.
/// </summary>
internal static class EngineCase
{
    private const int Seeds = 3;

    /// <summary>
    /// The operators left after clean-up. At every level outputs and taps must be as without passes, within
    /// 1e-5 of the largest.
    /// </summary>
    public static string Rewritten(ModelBuilder builder, params string[] taps) =>
        Rewritten(builder, PassLevel.CleanUp, taps);

    /// <summary>The operators left after <paramref name="level"/>, checked.</summary>
    public static string Rewritten(ModelBuilder builder, PassLevel level, params string[] taps)
    {
        SessionOptions options = new() { Taps = taps };
        for (int seed = 0; seed < Seeds; seed++)
        {
            float[][] plain = Run(builder, options, PassLevel.None, seed);
            PassCase.AssertSame(plain, Run(builder, options, PassLevel.CleanUp, seed));
            PassCase.AssertSame(plain, Run(builder, options, PassLevel.ChannelsLast, seed));
        }

        using CompiledModel model = ModelCompiler.Compile(builder.Read(), options, level);
        return string.Join(' ', model.Graph.Nodes.Select(node => node.OperatorName));
    }

    private static float[][] Run(ModelBuilder builder, SessionOptions options, PassLevel level, int seed)
    {
        using EngineSession session = new(ModelCompiler.Compile(builder.Read(), options, level));
        SmallModels.Fill(session, seed);
        foreach (ref float x in session.GetInput(0).AsSpan<float>())
            x *= 5;
        session.Run();
        return
        [
            .. Enumerable.Range(0, session.Outputs.Count).Select(i => Floats(session.GetOutput(i))),
            .. Enumerable.Range(0, session.Taps.Count).Select(i => session.GetTap(i).ToArray()),
        ];
    }

    private static float[] Floats(Tensor tensor) => tensor.Type == DataType.Float32
        ? tensor.AsSpan<float>().ToArray()
        : [.. tensor.AsBytes().ToArray().Select(value => (float)value)];
}
