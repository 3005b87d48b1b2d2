using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public class TapTest
{
    [Fact]
    public void A_tap_holds_mean_and_population_variance_of_each_channel()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 2, 1, 4).Node("Neg", "x", "y").Output("y");
        using ISession session =
            EngineSessionFactory.Load(builder.Read(), new SessionOptions { Taps = ["y"] });
        Assert.Equal(new TapInfo("y", 2, 4), Assert.Single(session.Taps));
        new float[] { 1, 2, 3, 4, 5, 5, 5, 5 }.CopyTo(session.GetInput(0).AsSpan<float>());
        session.Run();
        Assert.Equal([-2.5f, -5, 1.25f, 0], session.GetTap(0).ToArray());
        Assert.Single(session.Outputs);
    }

    [Fact]
    public void A_tap_between_convolution_and_activation_sees_what_the_unfused_model_has()
    {
        ModelBuilder open = SmallModels.SeparableBlocks().Output("p1");
        using ISession reference = EngineSessionFactory.Load(open.Read(), new SessionOptions());
        using ISession tapped = EngineSessionFactory.Load(
            SmallModels.SeparableBlocks().Read(), new SessionOptions { Taps = ["p1", "x", "p1"] });
        SmallModels.Fill(reference);
        SmallModels.Fill(tapped);
        reference.Run();
        tapped.Run();
        float[] plane = reference.GetOutput(1).AsSpan<float>()[..256].ToArray();
        Assert.Equal(plane.Average(), tapped.GetTap(0)[0], 1e-5f);
        Assert.Equal(plane.Average(v => Math.Pow(v - plane.Average(), 2)), tapped.GetTap(0)[8], 1e-5f);
        Assert.Equal(tapped.GetTap(0).ToArray(), tapped.GetTap(2).ToArray());
        Assert.Equal("x", tapped.Taps[1].Name);
        Assert.Equal(
            reference.GetOutput(0).AsSpan<float>().ToArray(), tapped.GetOutput(0).AsSpan<float>().ToArray());
    }

    [Fact]
    public void An_absent_tap_is_refused_with_near_names()
    {
        ModelError error = Refusal("p9");
        Assert.Equal("m.onnx: has no value 'p9' to tap; near names are 'p0', 'p1', 'p2'", error.Message);
    }

    [Fact]
    public void A_tap_of_something_else_than_one_image_is_refused()
    {
        ModelError error = Refusal("wd0");
        Assert.Equal("m.onnx: tap 'wd0' is float32[8,1,3,3], it must be float32 [1,C,...]", error.Message);
    }

    private static ModelError Refusal(string tap) => Assert.Throws<ModelError>(() =>
        EngineSessionFactory.Load(SmallModels.SeparableBlocks().Read(), new SessionOptions { Taps = [tap] }));
}
