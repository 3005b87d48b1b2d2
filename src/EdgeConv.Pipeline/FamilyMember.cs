using EdgeConv.Core;
using EdgeConv.Gating;
using EdgeConv.Gating.Maps;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Pipeline.Watching;

namespace EdgeConv.Pipeline;

/// <summary>
/// One model of a pipeline's family with all that runs around it, on one of several numbers of threads. Owns
/// the sessions. Not thread-safe.
/// </summary>
public sealed class FamilyMember : IDisposable
{
    private readonly ImagePreprocessor? _image;
    private readonly WindowPreprocessor? _window;
    private readonly IDecoder _decoder;
    private readonly ThreadedSession[] _sessions;
    private readonly ChannelContribution[] _top = new ChannelContribution[TopContributions.Most];

    /// <param name="session">Loaded with the gate's taps, and with its map where that is to be asked.</param>
    /// <param name="gate">The gate, or null.</param>
    /// <param name="preprocess">How samples become the input.</param>
    /// <param name="decode">How outputs are read.</param>
    /// <param name="threads">Threads the session was loaded with.</param>
    /// <exception cref="ModelError">Input or outputs do not fit the options.</exception>
    /// <exception cref="ConfigError">The options do not fit the model.</exception>
    public FamilyMember(
        ISession session, MahalanobisGate? gate, PreprocessOptions preprocess, DecodeOptions decode, int threads)
        : this([new ThreadedSession(threads, session)], gate, preprocess, decode)
    {
    }

    /// <summary>A member that runs on several numbers of threads, on the first to begin with.</summary>
    /// <param name="sessions">
    /// At least one; of one model, input and backend, loaded with the gate's taps, and with its map where
    /// that is to be asked.
    /// </param>
    /// <param name="gate">The gate, or null.</param>
    /// <param name="preprocess">How samples become the input.</param>
    /// <param name="decode">How outputs are read.</param>
    /// <exception cref="ModelError">Input or outputs do not fit the options.</exception>
    /// <exception cref="ConfigError">The options do not fit the model.</exception>
    public FamilyMember(
        IReadOnlyList<ThreadedSession> sessions,
        MahalanobisGate? gate,
        PreprocessOptions preprocess,
        DecodeOptions decode)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        _sessions = [.. sessions];
        (Threads, ISession session) = _sessions[0];
        if (session.Inputs.Count == 0)
        {
            throw new ModelError(
                session.Model.Path, "all its inputs have values under 'inputs'; leave out the one that samples are fed to");
        }

        if (session.Inputs.Count != 1)
        {
            throw new ModelError(session.Model.Path,
                $"{session.Inputs.Count} inputs ({string.Join(", ", session.Inputs.Select(input => input.Name))}); " +
                "a pipeline feeds one: name files with the values of the others under 'inputs' of the model");
        }

        Session = session;
        Gate = gate;
        if (gate?.Map is { } map && session.Maps.Count > 0)
        {
            map.Bind(session);
            Map = map;
        }

        TensorInfo input = session.Inputs[0];
        if (input.Pixels is not null || PictureShape.Of(input.Shape) is not null)
        {
            Picture = InputLayout.Of(session.Model, input);
            _image = new ImagePreprocessor(preprocess, Picture.Value);
        }
        else
        {
            _window = new WindowPreprocessor(preprocess, session.Model, input);
        }

        _decoder = Decoders.Create(decode, session);
    }

    /// <summary>The session that runs.</summary>
    public ISession Session { get; private set; }

    /// <summary>Threads of the session that runs.</summary>
    public int Threads { get; private set; }

    /// <summary>Numbers of threads that it can run on.</summary>
    public IEnumerable<int> ThreadCounts => _sessions.Select(session => session.Threads);

    /// <summary>Its gate; null without one.</summary>
    public MahalanobisGate? Gate { get; }

    /// <summary>The picture that it makes, of a model that makes one.</summary>
    public IPictureOutput? PictureOutput => _decoder as IPictureOutput;

    /// <summary>Says where an input is odd; null without a map.</summary>
    public MapGate? Map { get; }

    /// <summary>Instants of the window that the model wants; null for a picture.</summary>
    public int? WindowLength => _window?.Length;

    /// <summary>Runs on so many threads from now on; allocates nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such session.</exception>
    public void Use(int threads)
    {
        foreach (ThreadedSession candidate in _sessions)
        {
            if (candidate.Threads != threads)
                continue;
            (Threads, Session) = candidate;
            return;
        }

        throw new ArgumentOutOfRangeException(nameof(threads), threads, "no session has so many");
    }

    /// <summary>Colours of a pixel of its picture, or values at each instant of its window.</summary>
    public int Channels => _window?.Channels ?? Picture!.Value.Channels;

    /// <summary>How its picture is laid out; null for a window.</summary>
    public InputLayout? Picture { get; }

    /// <summary>Classes that it tells apart.</summary>
    public int Classes => _decoder.Classes;

    /// <summary>Preprocesses, runs, decodes and gates one sample.</summary>
    /// <param name="sample">A frame or a window, as the model wants.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="DataError">The sample is not what the model wants.</exception>
    public Outcome Process(Sample sample, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(time);
        long begun = time.GetTimestamp();
        ImageMapping mapping = Preprocess(sample);
        long preprocessed = time.GetTimestamp();
        Session.Run();
        long inferred = time.GetTimestamp();
        Prediction prediction = _decoder.Decode(Session, mapping);
        long decoded = time.GetTimestamp();
        GateReading? reading = Gate?.Evaluate(Session);
        GateExplanation? explanation =
            reading is { Verdict: Verdict.Ood } ? Explain(sample, mapping) : null;
        long gated = time.GetTimestamp();
        Latency latency = new(
            time.GetElapsedTime(sample.CapturedAt, begun),
            time.GetElapsedTime(begun, preprocessed),
            time.GetElapsedTime(preprocessed, inferred),
            time.GetElapsedTime(inferred, decoded),
            time.GetElapsedTime(decoded, gated));
        return new Outcome(prediction, reading, latency) { Explanation = explanation, Mapping = mapping };
    }

    private GateExplanation Explain(Sample sample, in ImageMapping mapping)
    {
        TopContributions top = new(_top.AsSpan(0, Gate!.TopContributions(_top)));
        if (Map?.Evaluate(Session) is not { } odd)
            return new GateExplanation(top, null, null);
        return sample is Window window
            ? new GateExplanation(top, null, OddPlaces.SpanOf(odd, Map.Map.Choice, window))
            : new GateExplanation(top, OddPlaces.RegionOf(odd, Map.Map.Choice, mapping), null);
    }

    /// <summary>
    /// Fills the session's input with one sample, as <see cref="Process"/> does before it runs.
    /// </summary>
    /// <param name="sample">A frame or a window, as the model wants.</param>
    /// <returns>Where the corners of a picture input lie in the frame; nothing for a window.</returns>
    /// <exception cref="DataError">The sample is not what the model wants.</exception>
    public ImageMapping Preprocess(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        Tensor input = Session.GetInput(0);
        switch (sample)
        {
            case Frame frame when _image is not null:
                return _image.Run(frame, input);
            case Window window when _window is not null:
                _window.Run(window, input);
                return default;
            default:
                throw new DataError(sample.Origin, _image is not null
                    ? $"a window of samples; {Session.Model.Name} needs pictures"
                    : $"a picture; {Session.Model.Name} needs windows of samples");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ThreadedSession session in _sessions)
            session.Session.Dispose();
    }
}

/// <summary>A session and its threads.</summary>
/// <param name="Threads">Threads that it runs on, at least 1.</param>
/// <param name="Session">The session.</param>
public readonly record struct ThreadedSession(int Threads, ISession Session);

/// <summary>What one sample came to.</summary>
/// <param name="Prediction">Labels or boxes.</param>
/// <param name="Gate">The gate's word; null without a gate.</param>
/// <param name="Latency">Time spent.</param>
public readonly record struct Outcome(Prediction Prediction, GateReading? Gate, Latency Latency)
{
    /// <summary>Why it is out of distribution; null for any other verdict.</summary>
    public GateExplanation? Explanation { get; init; }

    /// <summary>Where the corners of a picture input lie in the frame; nothing for a window.</summary>
    public ImageMapping Mapping { get; init; }
}
