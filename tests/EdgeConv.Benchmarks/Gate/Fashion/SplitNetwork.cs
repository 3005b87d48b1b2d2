using EdgeConv.Core;
using EdgeConv.Daemon.Demo;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>What a network says of one picture.</summary>
/// <param name="Class">Its answer.</param>
/// <param name="Logits">Its outputs <c>[8]</c>.</param>
/// <param name="Statistics">Those of the taps, one after another, then those of the literal one.</param>
internal sealed record NetworkAnswer(int Class, float[] Logits, float[] Statistics);

/// <summary>
/// A network that <c>train_splits.py</c> has trained on eight classes, with the taps that <c>edgeconv fit</c>
/// would choose.
/// </summary>
internal sealed class SplitNetwork : IDisposable
{
    private readonly FamilyMember _member;

    /// <exception cref="EdgeConvError">The network is not there, or cannot be run.</exception>
    public SplitNetwork(GateData data, int split)
    {
        string path = Path.Combine(data.Networks, $"fashion-split-{split}.onnx");
        string fit = Path.Combine(data.Models, "fashion", "fit.yaml");
        PreprocessOptions preprocess = ConfigReader.ReadFile(fit).Pipelines[0].Preprocess;
        IReadOnlyList<PointwiseLayer> layers = ModelInspection.PointwiseLayers(path);
        IReadOnlyList<TapChoice> taps = TapSelection.Of(path, layers, null);
        Literal = TapSelection.Of(path, layers, GateMode.Diagonal)[0];
        ISession session = new EngineSessionFactory().Load(path, new SessionOptions
        {
            Taps = [.. taps.Append(Literal).Select(tap => tap.Name).Distinct()],
            Pixels = preprocess.Pixels,
        });
        Options = new FitOptions { Taps = taps, Classes = ClassifierOutput.ClassesOf(session) };
        _member = new FamilyMember(
            session, null, preprocess, new DecodeOptions { Top = 1, Softmax = true }, 1);
    }

    /// <summary>The network's file.</summary>
    public ModelIdentity Model => _member.Session.Model;

    /// <summary>How <c>edgeconv fit</c> fits a fingerprint of it.</summary>
    public FitOptions Options { get; }

    /// <summary>The tap of <c>edgeconv fit --mode diagonal</c>.</summary>
    public TapChoice Literal { get; }

    /// <summary>Runs over pictures.</summary>
    public NetworkAnswer[] Answer(GrayPicture[] pictures) => [.. pictures.Select(Answer)];

    /// <summary>The statistics of the taps of an answer that are fitted by default.</summary>
    public ReadOnlySpan<float> StatisticsOf(NetworkAnswer answer) =>
        answer.Statistics.AsSpan(0, 2 * Options.Taps.Sum(tap => tap.Channels));

    /// <summary>The statistics of one tap of an answer.</summary>
    public ReadOnlySpan<float> StatisticsOf(NetworkAnswer answer, string tap)
    {
        int start = 0;
        foreach (TapChoice choice in Options.Taps.Append(Literal))
        {
            if (choice.Name == tap)
                return answer.Statistics.AsSpan(start, 2 * choice.Channels);
            start += 2 * choice.Channels;
        }

        throw new ArgumentException($"no tap '{tap}'", nameof(tap));
    }

    /// <inheritdoc/>
    public void Dispose() => _member.Dispose();

    private NetworkAnswer Answer(GrayPicture picture)
    {
        using Frame frame = picture.ToFrame();
        _member.Process(frame, TimeProvider.System);
        ISession session = _member.Session;
        IEnumerable<float> statistics =
            Enumerable.Range(0, session.Taps.Count).SelectMany(tap => session.GetTap(tap).ToArray());
        return new NetworkAnswer(
            ClassifierOutput.ClassOf(session), session.GetOutput(0).AsSpan<float>().ToArray(), [.. statistics]);
    }
}
