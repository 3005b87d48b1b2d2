using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class FamilyAgreementTest : IDisposable
{
    private readonly List<FamilyMember> _family = [];

    public void Dispose() => _family.ForEach(member => member.Dispose());

    [Fact]
    public void Members_of_several_sizes_agree()
    {
        Add("l", new Shape(1, 3, 32, 32), 10, "a,b");
        Add("s", new Shape(1, 3, 16, 24), 10, "a,b");
        Add("plain", new Shape(1, 8, 8, 3), 10);
        FamilyAgreement.Require(Options(), _family);
    }

    [Theory]
    [InlineData("1x1x32x32", 10, null, "takes pictures with 1 channel, l pictures with 3 channels")]
    [InlineData("1x3x500", 10, null, "takes windows of 500 with 3 channels, l pictures with 3 channels")]
    [InlineData("1x3x32x32", 9, null, "tells apart 9 classes, l 10 classes")]
    [InlineData("1x3x32x32", 10, "b,a", "was trained for b,a, l a,b")]
    public void Another_input_or_other_classes_are_refused(string shape, int classes, string? labels, string problem)
    {
        Add("l", new Shape(1, 3, 32, 32), 10, "a,b");
        Add("s", new Shape([.. shape.Split('x').Select(int.Parse)]), classes, labels);
        Assert.Equal(
            $"c.yaml:1: pipelines[0].models[1]: s {problem}; the members of a family agree in it",
            Assert.Throws<ConfigError>(() => FamilyAgreement.Require(Options(), _family)).Message);
    }

    [Theory]
    [InlineData("1x1x400", "takes windows of 400 with 1 channel, l windows of 500 with 1 channel")]
    [InlineData("1x2x500", "takes windows of 500 with 2 channels, l windows of 500 with 1 channel")]
    public void Another_window_is_refused(string shape, string problem)
    {
        Add("l", new Shape(1, 1, 500), 2);
        Add("m", new Shape(1, 1, 500), 2);
        Add("s", new Shape([.. shape.Split('x').Select(int.Parse)]), 2);
        Assert.Equal(
            $"c.yaml:1: pipelines[0].models[2]: s {problem}; the members of a family agree in it",
            Assert.Throws<ConfigError>(() => FamilyAgreement.Require(Options(), _family)).Message);
    }

    [Theory]
    [InlineData(true, "fashion-s has no fingerprint, so that nothing gates it, fashion-l a fingerprint")]
    [InlineData(false, "fashion-s has a fingerprint, fashion-l no fingerprint, so that nothing gates it")]
    public void A_gate_that_would_fall_silent_with_a_move_is_refused(bool isFirstGated, string problem)
    {
        string folder = Repository.PathOf("deploy", "models", "fashion");
        MemberOptions Member(string name, bool isGated) => new(
            Path.Combine(folder, $"{name}.onnx"), isGated ? Path.Combine(folder, $"{name}.ecfp") : null);
        PipelineOptions options = ConfigReader.ReadFile(Path.Combine(folder, "fashion.yaml")).Pipelines[0] with
        {
            Place = "c.yaml:1: pipelines[0]",
            Models = [Member("fashion-l", isFirstGated), Member("fashion-s", !isFirstGated)],
        };
        ConfigError error = Assert.Throws<ConfigError>(
            () => new FamilyLoader(new SessionLoader(Assert.Fail)).Load(options));
        Assert.Equal(
            $"c.yaml:1: pipelines[0].models[1]: {problem}; the members of a family agree in it", error.Message);
    }

    private void Add(string name, Shape input, int classes, string? labels = null)
    {
        Dictionary<string, string> notes = [];
        if (labels is not null)
            notes[FamilyAgreement.LabelsKey] = labels;
        FakeSession session = new(input, [new Shape(1, classes)])
        {
            Model = new ModelIdentity(name, $"{name}.onnx", name.PadLeft(64, '0')),
            Metadata = notes,
        };
        _family.Add(new FamilyMember(session, null, new PreprocessOptions(), new DecodeOptions(), 1));
    }

    private static PipelineOptions Options() => new()
    {
        Name = "a",
        Place = "c.yaml:1: pipelines[0]",
        Source = new SourceOptions { Kind = SourceKind.Stdin },
        Models = [],
    };
}
