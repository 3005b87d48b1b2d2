using EdgeConv.Core;
using EdgeConv.Gating.Maps;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>
/// A copy of a frame, or of the picture that the model has made of it, and of all that was found in it. Keeps
/// its memory. Not thread-safe.
/// </summary>
internal sealed class ShownFrame
{
    private readonly FrameCopy _copy = new();
    private float[] _distances = [];
    private byte[] _classes = [];

    /// <summary>The pixels.</summary>
    public Frame Picture => _copy.Frame;

    /// <summary>What they are of the source picture.</summary>
    public View View { get; private set; }

    /// <summary>The part of <see cref="Picture"/> that <see cref="View"/> is, in its own pixels.</summary>
    public View Part { get; private set; }

    /// <summary>What was found.</summary>
    public Prediction Prediction { get; private set; } = new() { Kind = PredictionKind.Image };

    /// <summary>The gate's word; null without a gate.</summary>
    public GateReading? Gate { get; private set; }

    /// <summary>Squared distance at each position of the map, <c>[H W]</c>; empty where there is no heat.</summary>
    public ReadOnlySpan<float> Distances => HasHeat ? _distances : [];

    /// <summary>Whether there is heat to be drawn.</summary>
    public bool HasHeat { get; private set; }

    /// <summary>Extents of the map.</summary>
    public MapChoice Map { get; private set; } = new("", 1, 1, 1, MapMode.Diagonal);

    /// <summary>The distance above which a position is odd.</summary>
    public float Threshold { get; private set; }

    /// <summary>Class of each pixel of the model's picture, <c>[H W]</c>; empty where it tells none.</summary>
    public ReadOnlySpan<byte> Classes => _classes;

    /// <summary>Columns of <see cref="Classes"/>.</summary>
    public int ClassColumns { get; private set; }

    /// <summary>Names of the classes, in their order.</summary>
    public IReadOnlyList<string> Labels { get; private set; } = [];

    /// <summary>From the model's input to the frame that was copied.</summary>
    public ImageMapping Mapping { get; private set; }

    /// <summary>The odd region in pixels of the frame that was copied; null when there is none.</summary>
    public OddRegion? Region { get; private set; }

    /// <summary>When the frame was captured, UTC.</summary>
    public DateTimeOffset Timestamp { get; private set; }

    /// <summary>Sequence number of its result.</summary>
    public long Sequence { get; private set; }

    /// <summary>What it was taken for.</summary>
    public PictureUse Use { get; private set; }

    /// <summary>Copies a frame and what was found in it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="member">What has looked at it, whose session still holds the outputs.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="sequence">Sequence number of the result.</param>
    /// <param name="use">What for.</param>
    public void Take(Frame frame, FamilyMember member, in Outcome outcome, long sequence, PictureUse use)
    {
        Prediction = outcome.Prediction;
        Gate = outcome.Gate;
        Mapping = outcome.Mapping;
        Region = outcome.Explanation?.Region;
        Timestamp = frame.Timestamp;
        Sequence = sequence;
        Use = use;
        if (member.PictureOutput is { IsClasses: false } made)
            TakeMade(made, member.Session);
        else
            TakeFrame(frame);
        TakeClasses(member.PictureOutput, member.Session);
        TakeHeat(outcome.Explanation is null ? null : member.Map);
    }

    private void TakeFrame(Frame frame)
    {
        _copy.Take(frame);
        View = View.WholeOf(Mapping);
        Part = new View(0, 0, Picture.Width, Picture.Height);
    }

    private void TakeMade(IPictureOutput made, ISession session)
    {
        made.CopyPicture(session, _copy.TakeRgb(made.Width, made.Height));
        View = View.SeenOf(Mapping);
        double scaleX = made.Width / Mapping.ExtentX, scaleY = made.Height / Mapping.ExtentY;
        Part = new View(
            (View.X - Mapping.StartX) * scaleX, (View.Y - Mapping.StartY) * scaleY,
            View.Width * scaleX, View.Height * scaleY);
    }

    private void TakeClasses(IPictureOutput? output, ISession session)
    {
        int count = output is { IsClasses: true } ? output.Width * output.Height : 0;
        if (_classes.Length != count)
            _classes = new byte[count];
        if (count == 0)
            return;
        (ClassColumns, Labels) = (output!.Width, output.Labels);
        output.CopyPicture(session, _classes);
    }

    private void TakeHeat(MapGate? map)
    {
        HasHeat = map is not null;
        if (map is null)
            return;
        if (_distances.Length != map.Distances.Length)
            _distances = new float[map.Distances.Length];
        map.Distances.CopyTo(_distances);
        Map = map.Map.Choice;
        Threshold = map.Threshold;
    }
}

/// <summary>What a picture is for.</summary>
[Flags]
internal enum PictureUse
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To be shown to those who look.</summary>
    Preview = 1,

    /// <summary>To be published.</summary>
    Snapshot = 2,
}
