using System.Text;
using EdgeConv.Core;
using EdgeConv.Gating.Maps;
using Xunit;

namespace EdgeConv.Gating.Tests.Maps;

public sealed class MapFileTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-map-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(MapMode.Diagonal)]
    [InlineData(MapMode.Cholesky)]
    public void Writing_then_reading_is_the_identity(MapMode mode)
    {
        Fingerprint written = MapSamples.Fit(MapSamples.Options(MapSamples.Choice(mode)), 200);
        string path = Path.Combine(_folder, "f.ecfp");
        written.Write(path);
        Fingerprint read = Fingerprint.Read(path);
        Assert.Equal(File.ReadAllBytes(path), FingerprintFile.Serialize(read));
        PositionMap map = read.Map!;
        Assert.Equal((written.Map!.Choice, written.Map.FitCount), (map.Choice, map.FitCount));
        Assert.Equal(written.Map.Means, map.Means);
        Assert.Equal(written.Map.Factors, map.Factors);
        Assert.Equal(written.Map.Scores, map.Scores);
    }

    [Fact]
    public void A_fingerprint_without_a_map_has_none() => Assert.Null(FingerprintFile.Parse(
        "f", FingerprintFile.Serialize(Clusters.Fit(new FitOptions { Taps = [new TapChoice("t", 2)] }, 100))).Map);

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        byte[] bytes = FingerprintFile.Serialize(Small());
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(1 << (i % 8));
            Assert.Throws<FingerprintError>(() => FingerprintFile.Parse("f", bytes));
            bytes[i] ^= (byte)(1 << (i % 8));
        }

        Assert.NotNull(FingerprintFile.Parse("f", bytes).Map);
    }

    [Theory]
    [InlineData("\"map.mode\":\"cholesky\"", "\"map.mode\":\"choleski\"", "diagonal or cholesky expected")]
    [InlineData("\"map.mode\":\"cholesky\"", "\"map.mode\":\"diagonal\"", "tensor 'map.factors' is F32[2,6]")]
    [InlineData("\"map.height\":\"1\"", "\"map.height\":\"2\"", "tensor 'map.means' is F32[2,3]")]
    [InlineData("\"map.width\":\"2\"", "\"map.width\":\"0\"", "'map.width' is '0'")]
    [InlineData("\"map.channels\":\"3\"", "\"map.channels\":\"x\"", "'map.channels' is 'x'")]
    [InlineData("\"map.fit_count\":\"", "\"map.fot_count\":\"", "no 'map.fit_count'")]
    [InlineData("\"map.scores\"", "\"map.scares\"", "no tensor 'map.scores'")]
    public void A_map_that_does_not_fit_together_is_refused_though_its_checksum_holds(
        string found, string changed, string message)
    {
        string text = Encoding.Latin1.GetString(FingerprintFile.Serialize(Small()));
        Assert.Contains(found, text, StringComparison.Ordinal);
        byte[] bytes = FingerprintFileTest.Signed(
            Encoding.Latin1.GetBytes(text.Replace(found, changed, StringComparison.Ordinal)));
        FingerprintError error = Assert.Throws<FingerprintError>(() => FingerprintFile.Parse("f", bytes));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_numbers_are_refused_though_the_checksum_holds()
    {
        Fingerprint small = Small();
        PositionMap map = small.Map!;
        float[] withNan = [.. map.Means], withZero = [.. map.Factors], unsorted = [.. map.Scores.Reverse()];
        withNan[1] = float.NaN;
        withZero[5] = 0;
        foreach (PositionMap bad in (PositionMap[])
            [map with { Means = withNan }, map with { Factors = withZero }, map with { Scores = unsorted }])
        {
            byte[] bytes = FingerprintFile.Serialize(small with { Map = bad });
            Assert.Contains("map.", Assert.Throws<FingerprintError>(
                () => FingerprintFile.Parse("f", bytes)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_map_of_absurd_size_is_refused_before_memory_is_taken()
    {
        MapChoice huge = MapSamples.Choice(MapMode.Cholesky, 112, 112, 96);
        ConfigError error = Assert.Throws<ConfigError>(
            () => new FingerprintFitter(FakeSession.Identity, MapSamples.Options(huge)));
        Assert.Equal("map 'layer': 112x112 positions of 96 channels in mode cholesky take 238 MB, at most 67 are "
            + "allowed; choose mode diagonal or a later layer", error.Message);
        MapChoice wide = MapSamples.Choice(MapMode.Diagonal, 512, 512, 8);
        error = Assert.Throws<ConfigError>(() => new FingerprintFitter(
            FakeSession.Identity, MapSamples.Options(wide) with { Alpha = 0.05 }));
        Assert.Equal("map 'layer': alpha 0.05 takes 19 calibration samples of 8.4 MB, 67 MB hold 8; "
            + "choose a later layer or a larger alpha", error.Message);
    }

    private static Fingerprint Small() =>
        MapSamples.Fit(MapSamples.Options(MapSamples.Choice(MapMode.Cholesky, 1, 2, 3)), 60);
}
