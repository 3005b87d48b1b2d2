using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public class EngineSessionTest
{
    [Fact]
    public void A_run_allocates_nothing()
    {
        using ISession session = EngineSessionFactory.Load(
            SmallModels.SeparableBlocks().Read(), new SessionOptions { Taps = ["p0"] });
        Assert.Equal(0, Allocation.Least(session.Run, runs: 100));
    }

    [Fact]
    public void Running_twice_gives_the_same()
    {
        using ISession session = EngineSessionFactory.Load(
            SmallModels.SeparableBlocks().Read(), new SessionOptions());
        SmallModels.Fill(session);
        session.Run();
        float[] first = session.GetOutput(0).AsSpan<float>().ToArray();
        session.Run();
        Assert.Equal(first, session.GetOutput(0).AsSpan<float>().ToArray());
        Assert.NotEqual(first[0], first[1]);
    }

    [Fact]
    public void Multiply_adds_are_counted()
    {
        using ISession session = EngineSessionFactory.Load(
            SmallModels.SeparableBlocks().Read(), new SessionOptions());
        const long Pixels = 16 * 16;
        Assert.Equal(3 * Pixels * ((8 * 9) + (8 * 8)), session.MultiplyAdds);
    }

    [Fact]
    public void A_graph_output_that_is_a_graph_input_is_copied()
    {
        ModelBuilder builder =
            new ModelBuilder().Input("x", 2, 3).Node("Relu", "x", "y").Output("y").Output("x");
        using ISession session = EngineSessionFactory.Load(builder.Read(), new SessionOptions());
        session.GetInput(0).AsSpan<float>().Fill(-2);
        session.Run();
        session.GetInput(0).AsSpan<float>().Fill(7);
        Assert.All(session.GetOutput(0).AsSpan<float>().ToArray(), value => Assert.Equal(0, value));
        Assert.All(session.GetOutput(1).AsSpan<float>().ToArray(), value => Assert.Equal(-2, value));
    }

    [Fact]
    public void A_constant_can_be_an_output()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 2).Constant("c", 1, 2, 3)
            .Node("Relu", "x", "y").Node("Neg", "c", "d").Output("y").Output("d");
        using ISession session = EngineSessionFactory.Load(builder.Read(), new SessionOptions());
        session.Run();
        Assert.Equal([-1f, -2, -3], session.GetOutput(1).AsSpan<float>().ToArray());
    }

    [Fact]
    public void Inputs_survive_a_run()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 4).Node("Relu", "x", "y").Output("y");
        using ISession session = EngineSessionFactory.Load(builder.Read(), new SessionOptions());
        session.GetInput(0).AsSpan<float>().Fill(-1);
        session.Run();
        Assert.All(session.GetInput(0).AsSpan<float>().ToArray(), value => Assert.Equal(-1, value));
    }

    [Fact]
    public void A_model_that_needs_more_than_half_a_gigabyte_is_refused()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 1, 8192, 8000)
            .Node("Relu", "x", "y").Node("Sigmoid", "y", "z").Output("y").Output("z");
        ModelError error = Assert.Throws<ModelError>(
            () => EngineSessionFactory.Load(builder.Read(), new SessionOptions()));
        Assert.Contains(
            "MB for activations, at most 512 are allowed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_session_does_not_run()
    {
        ISession session =
            EngineSessionFactory.Load(SmallModels.SeparableBlocks().Read(), new SessionOptions());
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(session.Run);
    }
}
