using CsCheck;
using EdgeConv.Core;
using EdgeConv.Gating.Maps;
using Xunit;

namespace EdgeConv.Gating.Tests.Maps;

public sealed class MapFitterTest : IDisposable
{
    private const int Count = 120;
    private static readonly FitOptions Options = MapSamples.Options(MapSamples.Choice(MapMode.Cholesky));
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-map-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_fit_with_a_map_that_is_interrupted_anywhere_ends_in_the_same_bytes() =>
        Gen.Int[0, Count].Array[0, 4].Holds(interruptions =>
        {
            string path = Path.Combine(_folder, "fit.state");
            FingerprintFitter fitter = Begin();
            int position = 0;
            foreach (int stop in interruptions.Order())
            {
                MapSamples.Feed(fitter, Options, position, stop);
                FitStateFile.Write(path, fitter, null, new FitPosition(stop, 0), "as it is");
                fitter = Begin();
                position = (int)FitStateFile.Read(path, fitter, null, "as it is").Read;
            }

            MapSamples.Feed(fitter, Options, position, Count);
            Assert.Equal(
                FingerprintFile.Serialize(MapSamples.Fit(Options, Count)),
                FingerprintFile.Serialize(fitter.Finish()));
        }, count: 20);

    [Fact]
    public void The_state_of_a_fit_with_another_map_is_refused()
    {
        string path = Path.Combine(_folder, "fit.state");
        FitStateFile.Write(path, Begin(), null, default, "as it is");
        FingerprintFitter other = new(FakeSession.Identity, Options with { Map = null }, new FixedTime());
        Assert.Throws<FingerprintError>(() => FitStateFile.Read(path, other, null, "as it is"));
    }

    [Fact]
    public void The_map_leaves_the_rest_of_the_fingerprint_as_it_is()
    {
        FingerprintFitter without = new(FakeSession.Identity, Options with { Map = null }, new FixedTime());
        MapSamples.Feed(without, Options, 0, Count);
        Fingerprint plain = without.Finish(), mapped = MapSamples.Fit(Options, Count);
        Assert.Equal(FingerprintFile.Serialize(plain), FingerprintFile.Serialize(mapped with { Map = null }));
        Assert.Equal(mapped.CalibrationCount, mapped.Map!.Scores.Length);
        Assert.Equal(mapped.FitCount, mapped.Map.FitCount);
    }

    [Fact]
    public void Kept_samples_are_those_of_least_hash_in_whatever_order_they_come() =>
        Gen.ULong.Array[0, 40].Holds(hashes =>
        {
            KeptSamples kept = new(8);
            foreach (ulong hash in hashes)
                kept.Add(hash, [hash]);
            ulong[] expected = [.. hashes.Order().Take(8)];
            Assert.Equal(expected, kept.InOrder().Select(sample => sample.Hash));
            Assert.Equal(expected.Select(hash => (float)hash), kept.InOrder().Select(sample => sample.Values[0]));
        }, count: 100);

    [Fact]
    public void A_sample_that_is_not_finite_is_named_and_leaves_nothing_behind()
    {
        FingerprintFitter fitter = Begin();
        MapSamples.Feed(fitter, Options, 0, Count);
        using FakeSession session = MapSamples.SessionOf(Options);
        session.Show(0, new Clusters(9, 2).Next(0)).Activations = new MapSamples(9, Options.Map!).Next();
        session.Activations[7] = float.PositiveInfinity;
        DataError error = Assert.Throws<DataError>(() => fitter.Add("7.png", 0, session));
        Assert.Equal("7.png: activation of channel 1 at position 2 of map 'layer' is ∞; it must be finite",
            error.Message.Replace("Infinity", "∞", StringComparison.Ordinal));
        Assert.Equal(
            FingerprintFile.Serialize(MapSamples.Fit(Options, Count)), FingerprintFile.Serialize(fitter.Finish()));
    }

    [Fact]
    public void A_shard_with_a_map_and_a_map_that_does_not_vary_are_refused()
    {
        FingerprintFitter fitter = Begin();
        MapSamples.Feed(fitter, Options, 0, Count);
        Assert.Equal("fit of net: shards with a position map cannot be merged; fit it without one",
            Assert.Throws<FingerprintError>(fitter.FinishShard).Message);
        FingerprintFitter constant = Begin();
        using FakeSession session = MapSamples.SessionOf(Options);
        session.Activations = new float[Options.Map!.Positions * Options.Map.Channels];
        Clusters clusters = new(1, 2);
        for (int i = 0; i < Count; i++)
            constant.Add("x", 0, session.Show(0, clusters.Next(0)));
        Assert.Equal("fit of net: map 'layer' does not vary at any position",
            Assert.Throws<FingerprintError>(constant.Finish).Message);
    }

    private static FingerprintFitter Begin() => new(FakeSession.Identity, Options, new FixedTime());
}
