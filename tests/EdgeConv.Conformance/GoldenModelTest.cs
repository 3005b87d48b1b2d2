using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.OnnxRuntime;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Conformance;

/// <summary>
/// Trained models on an input whose outputs ONNX Runtime 1.30 computed without graph optimisation. The
/// tolerances and what they mean are in the README beside the data.
/// </summary>
public class GoldenModelTest
{
    /// <summary>Four steps of 1/256: what rounding before a quantised layer may move its output by.</summary>
    private const float FourSteps = 4 / 256f;

    /// <summary>
    /// One more for ONNX Runtime, whose sums of two products of 8-bit numbers saturate at 16 bits on processors
    /// without VNNI: 0.0160 for vww_mobilenet_v1_int8 on a Zen 3.
    /// </summary>
    private const float FiveSteps = 5 / 256f;

    public static TheoryData<string, float> Models => new()
    {
        { "mobilenet_v1_0.25_128_quant_float", 1e-4f },
        { "vww_96_float", 1e-4f },
        { "str_ww_ref_model_float", 1e-4f },
        { "version-RFB-320", 1e-4f },
        { "version-RFB-320_simplified", 1e-3f },
        { "yunet_n_320_320", 1e-3f },
        { "mobilenet_v1_0.25_128_quant_qdq", FourSteps },
        { "mobilenet_v2_1.0_224_quant_qdq", FourSteps },
        { "vww_mobilenet_v1_int8", FourSteps },
        { "str_ww_ref_model_qdq", FourSteps },
        { "kws_ref_model_int8", FourSteps },
    };

    [Theory(
        SkipUnless = nameof(SharedData.IsPresent),
        SkipType = typeof(SharedData),
        Skip = SharedData.Absent)]
    [MemberData(nameof(Models))]
    public void The_engine_gives_the_golden_outputs(string model, float tolerance) =>
        Check(new EngineSessionFactory(), model, tolerance);

    [Theory(
        SkipUnless = nameof(SharedData.IsPresent),
        SkipType = typeof(SharedData),
        Skip = SharedData.Absent)]
    [MemberData(nameof(Models))]
    public void OnnxRuntime_gives_the_golden_outputs(string model, float tolerance) =>
        Check(new OrtSessionFactory(), model, tolerance == FourSteps ? FiveSteps : tolerance);

    private static void Check(ISessionFactory factory, string model, float tolerance)
    {
        using ISession session =
            factory.Load(SharedData.PathOf("models", $"{model}.onnx"), new SessionOptions());
        using Tensor input = NpyFile.Read(SharedData.PathOf("golden", $"{model}.in.npy"));
        input.AsBytes().CopyTo(session.GetInput(0).AsBytes());
        session.Run();
        for (int i = 0; i < session.Outputs.Count; i++)
        {
            string file = session.Outputs.Count == 1 ? $"{model}.out.npy" : $"{model}.out_{i}.npy";
            using Tensor expected = NpyFile.Read(SharedData.PathOf("golden", file));
            Tensor actual = session.GetOutput(i);
            Assert.Equal(expected.Shape, actual.Shape);
            Assert.True(
                Distance.Greatest(actual, expected) <= tolerance,
                $"{session.Outputs[i].Name}: {Distance.Greatest(actual, expected)} > {tolerance}");
            if (session.Outputs.Count == 1)
                CheckWinner(actual, expected, tolerance);
        }
    }

    // Where two classes are nearly equal the other one may win.
    private static void CheckWinner(Tensor actual, Tensor expected, float tolerance)
    {
        ReadOnlySpan<float> values = expected.AsSpan<float>();
        Assert.InRange(
            values[Distance.ArgMax(actual)], values[Distance.ArgMax(expected)] - tolerance, float.MaxValue);
    }
}
