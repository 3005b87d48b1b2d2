using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// Makes one fingerprint of shards that several devices have fitted, as one fit over all their data would:
/// the moments are merged, the distances derived from them, and all calibration samples scored anew. In any
/// order and grouping but for rounding. No data may be in two of them, see <see cref="SharedSamples"/>.
/// </summary>
public static class ShardMerge
{
    /// <summary>Merges shards of one model, with the same taps and options.</summary>
    /// <param name="shards">At least two, none fitted to data of another.</param>
    /// <param name="keepsShard">Whether the result is a shard again.</param>
    /// <param name="time">Clock of <see cref="Fingerprint.Created"/>; null for the system's.</param>
    /// <exception cref="FingerprintError">
    /// One is no shard, differs from the first, or shares data with another; or the samples do not suffice.
    /// </exception>
    public static Fingerprint Merge(
        IReadOnlyList<Fingerprint> shards, bool keepsShard, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        if (shards.Count < 2)
            throw new ConfigError("merge", $"{shards.Count} fingerprint to merge; at least two are needed");
        foreach (Fingerprint shard in shards)
            RequireMergeable(shards[0], shard);
        RequireDisjoint(shards);
        SharedSamples.Refuse(shards);
        string[] hashes =
            [.. shards.SelectMany(shard => shard.Shard!.DataHashes).Order(StringComparer.Ordinal)];
        Fingerprint first = shards[0];
        ModelIdentity model = new(first.ModelName, first.Place, first.ModelSha256);
        FingerprintFitter fitter = new(model, OptionsOf(first) with
        {
            DataHash = HashOf(hashes),
            PartHashes = hashes,
            Preparation = PreparationOf(shards),
        }, time);
        // A fixed order, so that the same files give the same bytes however they are named.
        foreach (Fingerprint shard in shards.OrderBy(shard => shard.DataHash, StringComparer.Ordinal))
            fitter.Absorb(shard);
        return keepsShard ? fitter.FinishShard(hashes) : fitter.Finish();
    }

    private static FitOptions OptionsOf(Fingerprint shard) => new()
    {
        Taps = [.. shard.Taps.Select(tap => tap.Choice)],
        Classes = shard.Taps[0].Moments.Classes,
        Alpha = shard.Alpha,
        Delta = shard.Shard!.Delta,
        IsDeltaOptional = shard.Shard.IsDeltaOptional,
        Estimator = shard.Taps[0].Estimator,
        FixedShrinkage = shard.Shard.FixedShrinkage,
        CalibrationShare = shard.Shard.CalibrationShare,
        Seed = shard.Seed,
        Overlap = shard.Shard.Overlap,
    };

    // Each must agree with all before it: one may tell what the first leaves open.
    private static InputPreparation PreparationOf(IReadOnlyList<Fingerprint> shards)
    {
        InputPreparation all = InputPreparation.Unknown;
        foreach (Fingerprint shard in shards)
        {
            if (all.DifferenceFrom(shard.Preparation) is (string name, string wanted, string found))
            {
                string other = shards.First(s => s.Preparation.Values.Contains(new(name, wanted))).Place;
                throw new FingerprintError(shard.Place,
                    $"its inputs were prepared with {name} {found}, those of {other} with {wanted}; "
                    + "only shards of inputs prepared alike can be merged");
            }

            all = all.With(shard.Preparation);
        }

        return all;
    }

    private static void RequireMergeable(Fingerprint first, Fingerprint other)
    {
        if (other.Shard is null)
        {
            throw new FingerprintError(other.Place,
                "keeps no features of its calibration samples and cannot be merged; fit it with --shard");
        }

        foreach ((string what, string wanted, string found) in Identity(first).Zip(
            Identity(other), (a, b) => (a.What, a.Value, b.Value)))
        {
            if (wanted != found)
            {
                throw new FingerprintError(other.Place,
                    $"its {what} is {found}, that of {first.Place} {wanted}; "
                    + "only shards of one model with the same taps and options can be merged");
            }
        }
    }

    // What all shards must share, in the order in which a difference is told.
    private static IEnumerable<(string What, string Value)> Identity(Fingerprint shard)
    {
        FitOptions options = OptionsOf(shard);
        yield return ("model", $"'{shard.ModelName}' with SHA-256 {shard.ModelSha256}");
        yield return ("number of taps", Text(options.Taps.Count));
        foreach ((TapChoice tap, TapFingerprint fitted) in options.Taps.Zip(shard.Taps))
        {
            yield return ("tap", $"'{tap.Name}'");
            yield return ($"number of channels at tap '{tap.Name}'", Text(tap.Channels));
            yield return ($"statistic at tap '{tap.Name}'", GateNames.Of(tap.Statistic));
            yield return ($"mode at tap '{tap.Name}'", tap.Mode is { } mode ? GateNames.Of(mode) : "automatic");
            yield return ($"number of classes at tap '{tap.Name}'", Text(fitted.Moments.Classes));
            yield return ($"normalisation at tap '{tap.Name}'", tap.IsNormalized ? "on" : "off");
        }

        yield return ("alpha", Text(options.Alpha));
        string optional = options.IsDeltaOptional ? " where it can be held" : "";
        yield return ("delta", options.Delta is double delta ? Text(delta) + optional : "none");
        yield return ("estimator", GateNames.Of(options.Estimator));
        yield return ("fixed shrinkage", Text(options.FixedShrinkage));
        yield return ("share of calibration samples", Text(options.CalibrationShare));
        yield return ("seed", Text(options.Seed));
        yield return ("number of windows that overlap", Text(options.Overlap));
    }

    // A sample that counts twice makes the calibration set look larger than it is, and the promise better.
    private static void RequireDisjoint(IReadOnlyList<Fingerprint> shards)
    {
        Dictionary<string, Fingerprint> seen = [];
        foreach (Fingerprint shard in shards)
        {
            foreach (string hash in shard.Shard!.DataHashes)
            {
                if (seen.TryGetValue(hash, out Fingerprint? other))
                {
                    throw new FingerprintError(shard.Place,
                        $"was fitted to the same data as {other.Place} (hash {hash}); "
                        + "each data may be merged once");
                }

                seen.Add(hash, shard);
            }
        }
    }

    private static string HashOf(string[] hashes) => hashes.Length <= 1
        ? string.Concat(hashes)
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', hashes))));

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
