using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;

namespace EdgeConv.Pipeline.Tests.Pictures;

/// <summary>A frame, what has looked at it, and what came of it.</summary>
internal sealed class Scene : IDisposable
{
    private Scene(Frame frame, FamilyMember member)
    {
        Frame = frame;
        Member = member;
        Outcome = member.Process(frame, TimeProvider.System);
    }

    public Frame Frame { get; }

    public FamilyMember Member { get; }

    public Outcome Outcome { get; set; }

    /// <summary>Seen by the mapped gate, ordinary or odd at these positions of 4x6.</summary>
    public static Scene Gated(Frame frame, Fit fit, params (int Y, int X)[] odd)
    {
        FakeSession session = MappedGate.Session(new Shape(1, 1, 4, 6));
        FamilyMember member = new(
            session, MappedGate.Fit(session), new PreprocessOptions { Fit = fit }, new DecodeOptions(), 1);
        MappedGate.Show(session, odd);
        return new Scene(frame, member);
    }

    /// <summary>Seen by a model whose output holds these values.</summary>
    public static Scene Decoded(Frame frame, Fit fit, DecodeOptions decode, Shape output, float[] values)
    {
        FakeSession session = new(new Shape(1, 1, 4, 6), [output],
            session => values.CopyTo(session.GetOutput(0).AsSpan<float>()));
        return new Scene(frame, new FamilyMember(session, null, new PreprocessOptions { Fit = fit }, decode, 1));
    }

    public static Frame Gray(int width, int height, byte value = 0)
    {
        byte[] pixels = new byte[width * height];
        Array.Fill(pixels, value);
        return Samples.Frame(width, height, pixels, PixelFormat.Gray8);
    }

    public ShownFrame Shown(PictureUse use = PictureUse.Snapshot)
    {
        ShownFrame shown = new();
        shown.Take(Frame, Member, Outcome, 7, use);
        return shown;
    }

    public void Dispose()
    {
        Frame.Dispose();
        Member.Dispose();
    }
}

/// <summary>Colours of a painted picture.</summary>
internal static class CanvasPixels
{
    public static (byte Red, byte Green, byte Blue) At(this Canvas canvas, int x, int y)
    {
        ReadOnlySpan<byte> pixel = canvas.Pixels.Slice(((y * canvas.Width) + x) * 4, 4);
        return (pixel[0], pixel[1], pixel[2]);
    }
}
