using EdgeConv.Testing.FaultInjection;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>The published program is killed, and its files are damaged.</summary>
public sealed class FaultTest : IDisposable
{
    // Twenty of each kind; the gate's benchmark counts more.
    private const int Kills = 80;
    private static readonly string Heart = Path.Combine(Data.Models, "heart", "heart.onnx");
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-fault-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void Fits_that_are_killed_damage_nothing_lose_nothing_and_end_in_the_same_fingerprint()
    {
        KillCounts counts = new FitKills(Binary.NativePath, Heart, _folder).Run(Kills);
        Assert.Equal(Kills, counts.Kills);
        Assert.True(counts is { DuringSave: > 0, Resumed: > 0, Fits: > 1 }, $"{counts}");
    }
}
