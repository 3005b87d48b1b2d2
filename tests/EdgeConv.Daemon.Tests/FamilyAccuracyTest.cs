using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class FamilyAccuracyTest : IDisposable
{
    private readonly List<FamilyMember> _family = [];
    private readonly List<MemberOptions> _members = [];

    public void Dispose() => _family.ForEach(member => member.Dispose());

    [Fact]
    public void Metadata_tells_unless_the_configuration_does()
    {
        Add("l", metadata: "0.9321");
        Add("m", metadata: "0.9215", configured: 0.5);
        Add("s", configured: 0.4);
        FamilyAccuracy accuracy = Of();
        Assert.True(accuracy.IsKnown);
        Assert.Equal([0.9321, 0.5, 0.4], accuracy.Values);
    }

    [Fact]
    public void Where_nobody_tells_the_order_does()
    {
        Add("l");
        Add("m");
        Add("s");
        FamilyAccuracy accuracy = Of();
        Assert.False(accuracy.IsKnown);
        Assert.Equal(accuracy.Values.OrderDescending().Distinct(), accuracy.Values);
    }

    [Fact]
    public void Known_and_unknown_in_one_family_are_refused()
    {
        Add("l");
        Add("s", metadata: "0.91");
        Assert.Equal(
            "c.yaml:1: pipelines[0].models[0]: the accuracy of l is not known, that of s is 0.91; " +
            "give it an 'accuracy' too",
            Assert.Throws<ConfigError>(Of).Message);
    }

    [Theory]
    [InlineData("93.21")]
    [InlineData("93 %")]
    [InlineData("-0.5")]
    [InlineData("NaN")]
    [InlineData("")]
    public void Metadata_that_is_no_share_is_refused_where_it_matters(string metadata)
    {
        Add("l", metadata);
        Assert.False(Of().IsKnown);
        Add("s", metadata: "0.9");
        Assert.Equal(
            $"l.onnx: 'test_accuracy' in its metadata is '{metadata}'; a share in 0..1 would be right, " +
            "or 'accuracy' in the configuration",
            Assert.Throws<ModelError>(Of).Message);
    }

    // Otherwise the smaller size, as accurate and faster, would always be taken.
    [Fact]
    public void Metadata_tells_nothing_of_one_file_at_several_sizes()
    {
        Add("net", metadata: "0.9");
        Add("net", metadata: "0.9");
        Assert.False(Of().IsKnown);
        Add("other", metadata: "0.8");
        Assert.Throws<ConfigError>(Of);
    }

    [Fact]
    public void Our_clothes_know_theirs()
    {
        string folder = Testing.Repository.PathOf("deploy", "models", "fashion");
        SessionLoader loader = new(Assert.Fail);
        foreach (string name in new[] { "fashion-l", "fashion-m", "fashion-s" })
        {
            _members.Add(new MemberOptions(Path.Combine(folder, $"{name}.onnx"), null));
            ISession session = loader.Load(_members[^1].Path, Backend.EdgeConv, new SessionOptions());
            _family.Add(new FamilyMember(session, null, new PreprocessOptions(), new DecodeOptions(), 1));
        }

        // As in deploy/models/fashion/README.md.
        Assert.Equal([0.9321, 0.9215, 0.9159], Of().Values);
    }

    private void Add(string name, string? metadata = null, double? configured = null)
    {
        Dictionary<string, string> notes = [];
        if (metadata is not null)
            notes[FamilyAccuracy.MetadataKey] = metadata;
        FakeSession session = new(new Shape(1, 1, 4), [new Shape(1, 2)])
        {
            Model = new ModelIdentity(name, $"{name}.onnx", name.PadLeft(64, '0')),
            Metadata = notes,
        };
        _family.Add(new FamilyMember(session, null, new PreprocessOptions(), new DecodeOptions(), 1));
        _members.Add(new MemberOptions($"{name}.onnx", null) { Accuracy = configured });
    }

    private FamilyAccuracy Of() => FamilyAccuracy.Of(
        new PipelineOptions
        {
            Name = "a",
            Place = "c.yaml:1: pipelines[0]",
            Source = new SourceOptions { Kind = SourceKind.Stdin },
            Models = _members,
        },
        _family);
}
