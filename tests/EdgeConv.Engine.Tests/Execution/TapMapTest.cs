using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public class TapMapTest
{
    [Fact]
    public void A_map_holds_the_channels_of_each_position_together()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 2, 2, 3).Node("Neg", "x", "y").Output("y");
        using ISession session = EngineSessionFactory.Load(builder.Read(), new SessionOptions { Maps = ["y"] });
        Assert.Equal(new MapInfo("y", 2, 2, 3), Assert.Single(session.Maps));
        new float[] { 1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60 }.CopyTo(session.GetInput(0).AsSpan<float>());
        session.Run();
        Assert.Equal([-1, -10, -2, -20, -3, -30, -4, -40, -5, -50, -6, -60], session.GetMap(0).ToArray());
        Assert.Empty(session.Taps);
        Assert.Single(session.Outputs);
    }

    [Fact]
    public void A_map_over_time_has_one_row()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 2, 5).Node("Neg", "x", "y").Output("y");
        using ISession session = EngineSessionFactory.Load(builder.Read(), new SessionOptions { Maps = ["y"] });
        Assert.Equal(new MapInfo("y", 2, 1, 5), Assert.Single(session.Maps));
    }

    [Theory]
    [InlineData(nameof(PassLevel.None))]
    [InlineData(nameof(PassLevel.CleanUp))]
    [InlineData(nameof(PassLevel.ChannelsLast))]
    [InlineData(nameof(PassLevel.StreamRows))]
    public void Maps_beside_a_tap_of_the_same_value_are_the_unfused_model_s_at_every_level(string level)
    {
        SessionOptions options = new() { Taps = ["p1"], Maps = ["p1", "d0", "p1"] };
        using ISession reference = EngineSessionFactory.Load(
            SmallModels.SeparableBlocks().Output("p1").Output("d0").Read(), new SessionOptions());
        using EngineSession mapped = new(ModelCompiler.Compile(
            SmallModels.SeparableBlocks().Read(), options, Enum.Parse<PassLevel>(level)));
        SmallModels.Fill(reference);
        SmallModels.Fill(mapped);
        reference.Run();
        mapped.Run();
        AssertIsTransposed(reference.GetOutput(1), mapped, 0);
        AssertIsTransposed(reference.GetOutput(2), mapped, 1);
        Assert.Equal(mapped.GetMap(0).ToArray(), mapped.GetMap(2).ToArray());
        float[] first = [.. mapped.GetMap(0).ToArray().Where((_, i) => i % mapped.Maps[0].Channels == 0)];
        Assert.Equal(first.Average(), mapped.GetTap(0)[0], 1e-5f);
        Assert.Equal(
            reference.GetOutput(0).AsSpan<float>().ToArray(), mapped.GetOutput(0).AsSpan<float>().ToArray(),
            (a, b) => Math.Abs(a - b) <= 1e-5f * (1 + Math.Abs(a)));
    }

    [Fact]
    public void A_run_with_a_map_allocates_nothing()
    {
        using ISession session = EngineSessionFactory.Load(
            SmallModels.SeparableBlocks().Read(), new SessionOptions { Taps = ["p1"], Maps = ["p1"] });
        SmallModels.Fill(session);
        Assert.Equal(0, Allocation.Least(session.Run, 20));
    }

    [Fact]
    public void A_session_without_maps_has_none_and_no_step_for_one()
    {
        using CompiledModel model =
            ModelCompiler.Compile(SmallModels.SeparableBlocks().Read(), new SessionOptions());
        Assert.Empty(model.Maps);
        Assert.DoesNotContain(model.Graph.Nodes, node => node.OperatorName == TapMap.Name);
    }

    [Fact]
    public void An_absent_map_is_refused_with_near_names()
    {
        ModelError error = Refusal("p9");
        Assert.Equal("m.onnx: has no value 'p9' to map; near names are 'p0', 'p1', 'p2'", error.Message);
    }

    [Fact]
    public void A_map_of_something_else_than_one_image_is_refused()
    {
        ModelError error = Refusal("wd0");
        Assert.Equal(
            "m.onnx: map 'wd0' is float32[8,1,3,3], it must be float32 [1,C,T] or [1,C,H,W]", error.Message);
    }

    private static void AssertIsTransposed(Tensor planes, EngineSession session, int map)
    {
        MapInfo info = session.Maps[map];
        ReadOnlySpan<float> expected = planes.AsSpan<float>(), found = session.GetMap(map);
        Assert.Equal(new Shape(1, info.Channels, info.Height, info.Width), planes.Shape);
        for (int channel = 0; channel < info.Channels; channel++)
        {
            for (int position = 0; position < info.Positions; position++)
            {
                float e = expected[(channel * info.Positions) + position];
                Assert.Equal(e, found[(position * info.Channels) + channel], 1e-5f * (1 + Math.Abs(e)));
            }
        }
    }

    private static ModelError Refusal(string map) => Assert.Throws<ModelError>(() =>
        EngineSessionFactory.Load(SmallModels.SeparableBlocks().Read(), new SessionOptions { Maps = [map] }));
}
