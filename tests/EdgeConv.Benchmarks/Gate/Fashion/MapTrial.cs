using EdgeConv.Core;
using EdgeConv.Daemon.Demo;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Execution;
using EdgeConv.Gating;
using EdgeConv.Gating.Maps;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>How one kind of patch was found.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Points">Share of pictures whose oddest position lies in the patch.</param>
/// <param name="Found">Share of pictures with an odd position.</param>
/// <param name="Centre">Share of all whose box holds the patch's centre.</param>
/// <param name="Chance">That share for boxes of the same sizes at random places.</param>
/// <param name="MeanOverlap">Mean intersection over union of box and patch, 0 without a box.</param>
internal sealed record PatchFigures(
    PatchKind Kind, double Points, double Found, double Centre, double Chance, double MeanOverlap);

/// <summary>A map of one layer, fitted and held against patches.</summary>
internal sealed class MapTrial
{
    private const double Alpha = 0.05;
    private readonly FamilyMember _member;
    private readonly MapGate _gate;

    private MapTrial(FamilyMember member, MapGate gate, IdxFile pictures)
    {
        (_member, _gate) = (member, gate);
        Map = gate.Map.Choice;
        IEnumerable<int> held = Enumerable.Range(PatchedPictures.FitCount, PatchedPictures.Count);
        CleanShare = held.Count(i => Find(pictures.Item(i)) is not null) / (double)PatchedPictures.Count;
        Patches = [.. Enum.GetValues<PatchKind>().Select(kind => Measure(pictures, kind))];
    }

    /// <summary>The map.</summary>
    public MapChoice Map { get; }

    /// <summary>Share of untouched pictures with an odd position.</summary>
    public double CleanShare { get; }

    /// <summary>Figures of each kind of patch.</summary>
    public IReadOnlyList<PatchFigures> Patches { get; }

    /// <summary>Fits and measures.</summary>
    public static MapTrial Run(GateData data, string model, (string Layer, MapMode Mode) map, IdxFile pictures)
    {
        PreprocessOptions preprocess =
            ConfigReader.ReadFile(Path.Combine(data.Models, "fashion", "fit.yaml")).Pipelines[0].Preprocess;
        ISession session = new EngineSessionFactory().Load(model, new SessionOptions
        {
            Taps = [map.Layer],
            Maps = [map.Layer],
            Pixels = preprocess.Pixels,
        });
        DecodeOptions decode = new() { Top = 1, Softmax = true };
        using FamilyMember member = new(session, null, preprocess, decode, 1);
        FingerprintFitter fitter = new(session.Model, OptionsOf(session, map.Mode));
        for (int i = 0; i < PatchedPictures.FitCount; i++)
        {
            using Frame frame = new GrayPicture(pictures.Item(i), PatchedPictures.Size).ToFrame();
            member.Process(frame, TimeProvider.System);
            fitter.Add("picture", ClassifierOutput.ClassOf(session), session);
        }

        Fingerprint fingerprint = fitter.Finish();
        return new MapTrial(member, new MapGate(fingerprint.Map!, Alpha, null, "trial"), pictures);
    }

    private static FitOptions OptionsOf(ISession session, MapMode mode)
    {
        MapInfo kept = session.Maps[0];
        return new FitOptions
        {
            Classes = ClassifierOutput.ClassesOf(session),
            Taps = [new TapChoice(kept.Name, kept.Channels)],
            Alpha = Alpha,
            Map = new MapChoice(kept.Name, kept.Height, kept.Width, kept.Channels, mode),
        };
    }

    private MapRegion? Find(ReadOnlyMemory<byte> picture)
    {
        using Frame frame = new GrayPicture(picture, PatchedPictures.Size).ToFrame();
        _member.Process(frame, TimeProvider.System);
        return _gate.Evaluate(_member.Session);
    }

    private PatchFigures Measure(IdxFile pictures, PatchKind kind)
    {
        Random random = new(11);
        int points = 0, found = 0, centred = 0;
        double chance = 0, overlap = 0;
        for (int i = 0; i < PatchedPictures.Count; i++)
        {
            (byte[] picture, int left, int top) =
                PatchedPictures.Paste(pictures, PatchedPictures.FitCount + i, kind, random);
            Box patch = new(left, top, left + PatchedPictures.Side, top + PatchedPictures.Side);
            MapRegion? odd = Find(picture);
            Box oddest = BoxOf(Oddest());
            points += patch.Holds(oddest.CentreX, oddest.CentreY) ? 1 : 0;
            if (odd is not { } region)
                continue;
            found++;
            Box box = BoxOf(region);
            centred += box.Holds(patch.CentreX, patch.CentreY) ? 1 : 0;
            chance += box.Area / (PatchedPictures.Size * PatchedPictures.Size);
            overlap += box.OverlapWith(patch);
        }

        const double All = PatchedPictures.Count;
        return new PatchFigures(kind, points / All, found / All, centred / All, chance / All, overlap / All);
    }

    // The position of the greatest distance of the last picture.
    private MapRegion Oddest()
    {
        int oddest = 0;
        for (int i = 1; i < _gate.Distances.Length; i++)
            oddest = _gate.Distances[i] > _gate.Distances[oddest] ? i : oddest;
        return new MapRegion(oddest % Map.Width, oddest / Map.Width, 1, 1, _gate.Distances[oddest]);
    }

    private Box BoxOf(in MapRegion region)
    {
        double across = (double)PatchedPictures.Size / Map.Width, down = (double)PatchedPictures.Size / Map.Height;
        return new Box(
            region.Left * across, region.Top * down,
            (region.Left + region.Width) * across, (region.Top + region.Height) * down);
    }

    private readonly record struct Box(double Left, double Top, double Right, double Bottom)
    {
        public double CentreX => (Left + Right) / 2;

        public double CentreY => (Top + Bottom) / 2;

        public double Area => Math.Max(0, Right - Left) * Math.Max(0, Bottom - Top);

        public bool Holds(double x, double y) => x >= Left && x <= Right && y >= Top && y <= Bottom;

        public double OverlapWith(in Box other)
        {
            double common = new Box(
                Math.Max(Left, other.Left), Math.Max(Top, other.Top),
                Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom)).Area;
            return common / (Area + other.Area - common);
        }
    }
}
