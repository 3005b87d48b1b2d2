using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Watching;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// Builds the demo's pipelines: each is the sample configuration that lies beside its models, with the demo's
/// own source in place of the file's.
/// </summary>
internal sealed class DemoPipelines(DemoFolders folders, PipelineBuilder builder, TimeProvider time)
{
    /// <summary>Builds what can be built.</summary>
    /// <param name="missing">Told, in one line, what was left out and why.</param>
    public List<RunnablePipeline> Build(Action<string> missing)
    {
        List<RunnablePipeline> pipelines = [];
        TryAdd(pipelines, "faces", Faces, missing);
        TryAdd(pipelines, "fashion", (options, _) => new FashionSource(
            Path.Combine(folders.DataFolder, "fashion"),
            Path.Combine(folders.DataFolder, "digits", "digits.csv.gz"),
            options.Decode.Labels, time), missing);
        TryAdd(pipelines, "heart", (_, family) => new HeartSource(
            Path.Combine(folders.DataFolder, "heart", "ecg.dat"), family[0].WindowLength!.Value, time), missing);
        return pipelines;
    }

    private ISource Faces(PipelineOptions options, List<FamilyMember> family)
    {
        SourceOptions pictures = options.Source with { Path = Path.Combine(folders.DataFolder, "pictures") };
        SourceFactory.Check(pictures);
        return new FaultyCamera(SourceFactory.Create(pictures, family[0].WindowLength, time));
    }

    private void TryAdd(
        List<RunnablePipeline> pipelines, string name, Func<PipelineOptions, List<FamilyMember>, ISource> open,
        Action<string> missing)
    {
        List<FamilyMember> family = [];
        try
        {
            PipelineOptions options = OptionsOf(name);
            family = builder.LoadFamily(options);
            pipelines.Add(builder.Join(options, open(options, family), family));
        }
        catch (EdgeConvError error)
        {
            family.ForEach(member => member.Dispose());
            string? data = error is ConfigError ? null : folders.WhatIsMissing(name);
            missing($"{name}: {data ?? error.Message}");
        }
    }

    // The demo shows results only. The face model comes from a package, so its sample configuration names it
    // relative to the data.
    private PipelineOptions OptionsOf(string name)
    {
        string file = Path.Combine(folders.ModelsFolder, name, $"{name}.yaml");
        PipelineOptions options = ConfigReader.ReadFile(file).Pipelines[0];
        WatchOptions nothing = new() { Drift = null, Events = null };
        options = options with { Gate = options.Gate with { Watch = nothing } };
        if (name != "faces")
            return options;
        string model = Path.Combine(folders.DataFolder, "faces", "blazeface-128.onnx");
        return options with { Models = [options.Models[0] with { Path = model }] };
    }
}
