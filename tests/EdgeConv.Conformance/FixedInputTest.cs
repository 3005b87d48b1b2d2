using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.OnnxRuntime;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Conformance;

/// <summary>The trained style transfer network with its style as an input, and as a constant of the session.</summary>
public class FixedInputTest
{
    private const string Style = "style_vector";

    [Fact(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    public void A_style_that_stays_the_same_is_folded_and_the_picture_the_same()
    {
        string model = SharedData.PathOf("models", "style", "style_transformer_separable_256.onnx");
        using Tensor style = NpyFile.Read(SharedData.PathOf("models", "style", "style_vector_udnie.npy"));
        SessionOptions isFixed = new() { BoundInputs = new Dictionary<string, Tensor> { [Style] = style } };
        using ISession free = new EngineSessionFactory().Load(model, new SessionOptions());
        using ISession ours = new EngineSessionFactory().Load(model, isFixed);
        using ISession theirs = new OrtSessionFactory().Load(model, isFixed);
        int styled = free.Inputs.Select(input => input.Name).ToList().IndexOf(Style);
        style.AsBytes().CopyTo(free.GetInput(styled).AsBytes());
        Random random = new(5);
        foreach (ref float value in free.GetInput(1 - styled).AsSpan<float>())
            value = random.NextSingle();
        foreach (ISession session in (ISession[])[ours, theirs])
        {
            Assert.Equal(["content_image"], session.Inputs.Select(input => input.Name));
            free.GetInput(1 - styled).AsBytes().CopyTo(session.GetInput(0).AsBytes());
            session.Run();
        }

        free.Run();
        Assert.InRange(Distance.Greatest(free.GetOutput(0), ours.GetOutput(0)), 0, 1e-5f);
        Assert.InRange(Distance.Greatest(theirs.GetOutput(0), ours.GetOutput(0)), 0, 1e-3f);
        // Its 26 convolutions of the style vector: 100 multiply-adds for each of their output channels.
        Assert.Equal(0, (free.MultiplyAdds - ours.MultiplyAdds) % 100);
        Assert.InRange(free.MultiplyAdds - ours.MultiplyAdds, 100_000, 1_000_000);
    }
}
