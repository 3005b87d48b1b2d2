using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Daemon.Tests.Sensors;

public sealed class ChannelMetadataTest
{
    [Fact]
    public void A_models_file_names_its_channels_with_their_units()
    {
        Assert.Null(ChannelMetadata.ChannelsOf(Session([])));
        Assert.Equal([new("x", ""), new("y", "")], ChannelMetadata.ChannelsOf(Session(new() { ["channels"] = "x, y" }))!);
        Assert.Equal([new("x", "m/s²"), new("temp", "°C")], ChannelMetadata.ChannelsOf(
            Session(new() { ["channels"] = "x,temp", ["units"] = "m/s²,°C" }))!);
        Assert.Equal("m.onnx: 'units' in its metadata are 1, 'channels' 2; as many would be right",
            Assert.Throws<ModelError>(() => ChannelMetadata.ChannelsOf(
                Session(new() { ["channels"] = "x,y", ["units"] = "V" }))).Message);
    }

    [Fact]
    public void A_models_file_normalises_where_the_configuration_is_silent()
    {
        FakeSession session = Session(new() { ["mean"] = "9.5,-1e2", ["std"] = "2,3" });
        PreprocessOptions normalised = ChannelMetadata.Normalise(new PreprocessOptions(), session);
        Assert.Equal([9.5f, -100], normalised.Mean);
        Assert.Equal([2f, 3], normalised.Deviation);
        PreprocessOptions stated = new() { Mean = [1] };
        Assert.Same(stated, ChannelMetadata.Normalise(stated, session));
    }

    [Fact]
    public void A_gate_is_fitted_with_what_the_models_file_says()
    {
        FakeSession session = Session(new() { ["mean"] = "9.5,-100", ["std"] = "2,3" });
        using FamilyMember member = new(session, null, new PreprocessOptions(), new DecodeOptions(), 1);
        PreprocessOptions stated = new() { Mean = [9.5f, -100], Deviation = [2, 3] };
        Assert.Equal(
            Preparations.Of(member, stated).ToString(), Preparations.Of(member, new PreprocessOptions()).ToString());
        Assert.Contains("9.5", Preparations.Of(member, new PreprocessOptions()).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mean", "1,many", "m.onnx: 'mean' in its metadata holds 'many'; numbers separated by commas would be right")]
    [InlineData("std", "NaN", "m.onnx: 'std' in its metadata holds 'NaN'; numbers separated by commas would be right")]
    [InlineData("std", "1,0", "m.onnx: 'std' in its metadata holds 0, which cannot divide")]
    public void What_cannot_be_is_named(string key, string text, string problem) => Assert.Equal(problem,
        Assert.Throws<ModelError>(() => ChannelMetadata.Normalise(
            new PreprocessOptions(), Session(new() { [key] = text }))).Message);

    private static FakeSession Session(Dictionary<string, string> metadata) =>
        new(new Shape(1, 2, 8), [new Shape(1, 3)])
        {
            Model = new ModelIdentity("m", "m.onnx", new string('0', 64)),
            Metadata = metadata,
        };
}
