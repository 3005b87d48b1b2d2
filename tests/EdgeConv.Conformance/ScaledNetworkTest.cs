using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Scaling;
using EdgeConv.OnnxRuntime;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Conformance;

/// <summary>Networks that were scaled, on both backends.</summary>
public sealed class ScaledNetworkTest : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.onnx");

    /// <summary>Whose blocks have no residuals, and ends in a pool of a fixed window, from another exporter.</summary>
    private const string MobileNetV1 = "mobilenet_v1_0.25_128_quant_float.onnx";

    public static TheoryData<string, double> Own
    {
        get
        {
            TheoryData<string, double> cases = [];
            foreach (string model in GoldenCases.LinearModels)
            {
                foreach (double phi in (double[])[-2, -1, 0.5, 1, 2])
                    cases.Add(Path.GetFileName(model), phi);
            }

            return cases;
        }
    }

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Own))]
    public void Both_backends_agree_on_our_models_at_other_scales(string model, double phi) =>
        Check(GoldenCases.Models.Single(path => Path.GetFileName(path) == model), phi);

    [Theory(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    [InlineData(MobileNetV1, -1)]
    [InlineData(MobileNetV1, 1)]
    [InlineData("vww_96_float.onnx", -1)]
    [InlineData("vww_96_float.onnx", 1)]
    public void Both_backends_agree_on_models_of_others_at_other_scales(string model, double phi) =>
        Check(SharedData.PathOf("models", model), phi);

    private void Check(string path, double phi)
    {
        SessionOptions options = new();
        using (BaseNetwork network = BaseNetwork.Read(path, options))
            File.WriteAllBytes(_path, network.Scale(ScalingConstants.EfficientNet.At(phi)).File);
        using ISession ours = new EngineSessionFactory().Load(_path, options);
        using ISession theirs = new OrtSessionFactory().Load(_path, options);
        Assert.Equal(theirs.Inputs, ours.Inputs);
        Random random = new(5);
        Span<float> input = ours.GetInput(0).AsSpan<float>();
        foreach (ref float value in input)
            value = random.NextSingle() * 2 - 1;
        input.CopyTo(theirs.GetInput(0).AsSpan<float>());
        ours.Run();
        theirs.Run();
        Tensor expected = theirs.GetOutput(0);
        Assert.Equal(expected.Shape, ours.GetOutput(0).Shape);
        Assert.InRange(Distance.Greatest(ours.GetOutput(0), expected), 0, 1e-4f * (1 + Distance.Magnitude(expected)));
        Assert.NotEqual(0, Distance.Magnitude(expected));
    }
}
