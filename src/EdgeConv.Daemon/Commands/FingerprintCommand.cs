using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeConv.Daemon.Fingerprints;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// <c>edgeconv fingerprint show|diff|merge|accept|reject</c>: tools for fingerprints that are there already.
/// </summary>
internal static class FingerprintCommand
{
    public static Command Create() => new("fingerprint", "Show, compare, merge and replace fingerprints")
    {
        CreateShow(), CreateDiff(), CreateMerge(), CreateAccept(), CreateReject(),
    };

    private static Command CreateShow()
    {
        Argument<string> file = new("FINGERPRINT") { Description = "Fingerprint (.ecfp)" };
        Option<bool> json = JsonOption();
        Command command = new("show", "Tell what a fingerprint was made of and what it promises")
        {
            file, json,
        };
        command.SetAction(parsed =>
        {
            Fingerprint fingerprint = Fingerprint.Read(parsed.GetRequiredValue(file));
            FingerprintDescription description = FingerprintDescription.Of(fingerprint);
            if (parsed.GetValue(json))
                Write(description, FingerprintJson.Default.FingerprintDescription);
            else
                FingerprintText.Print(description, Console.Out);
            return Root.Success;
        });
        return command;
    }

    private static Command CreateDiff()
    {
        Argument<string> first = new("FIRST") { Description = "Fingerprint (.ecfp)" };
        Argument<string> second = new("SECOND") { Description = "Fingerprint that it is compared with" };
        Option<bool> json = JsonOption();
        Command command = new("diff", "Tell what differs between two fingerprints, and how far data has moved")
        {
            first, second, json,
        };
        command.SetAction(parsed =>
        {
            FingerprintComparison comparison = FingerprintComparison.Of(
                Fingerprint.Read(parsed.GetRequiredValue(first)),
                Fingerprint.Read(parsed.GetRequiredValue(second)));
            if (parsed.GetValue(json))
                Write(comparison, FingerprintJson.Default.FingerprintComparison);
            else
                FingerprintText.Print(comparison, Console.Out);
            return Root.Success;
        });
        return command;
    }

    private static Command CreateMerge()
    {
        Argument<string[]> shards = new("SHARD")
        {
            Description = "Fingerprints made with fit --shard, at least two",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> output = new("--out", "-o")
        {
            Description = "Fingerprint to write (.ecfp)",
            Required = true,
        };
        Option<bool> shard = new("--shard") { Description = "Keep what makes the result mergeable" };
        Command command = new("merge", "Make one fingerprint of shards, as one fit over all their data would")
        {
            shards, output, shard,
        };
        command.SetAction(parsed => Merge(
            parsed.GetRequiredValue(shards),
            Path.GetFullPath(parsed.GetRequiredValue(output)),
            parsed.GetValue(shard)));
        return command;
    }

    private static int Merge(string[] paths, string output, bool keepsShard)
    {
        Fingerprint[] shards = [.. paths.Select(Fingerprint.Read)];
        OutputFile.Require(output, paths.Select(Path.GetFullPath));
        Fingerprint merged = ShardMerge.Merge(shards, keepsShard);
        merged.Write(output);
        Shard first = shards[0].Shard!;
        FitReport.Print(output, merged, first.IsDeltaOptional ? first.Delta : null, Console.Out);
        return Root.Success;
    }

    private static Command CreateAccept()
    {
        Argument<string> file = InUse();
        Command command = new("accept",
            "Put what edgeconv recalibrate proposed in a fingerprint's place; it stays as F.previous")
        {
            file,
        };
        command.SetAction(parsed =>
        {
            string path = Path.GetFullPath(parsed.GetRequiredValue(file));
            Fingerprint accepted = Proposal.Accept(path);
            Console.WriteLine($"{path}: {Guarantee.Of(accepted)}");
            Console.WriteLine($"what it replaces is {Proposal.PreviousOf(path)}; a running daemon takes it by SIGHUP");
            return Root.Success;
        });
        return command;
    }

    private static Command CreateReject()
    {
        Argument<string> file = InUse();
        Command command = new("reject", "Delete what edgeconv recalibrate proposed for a fingerprint") { file };
        command.SetAction(parsed =>
        {
            string path = Path.GetFullPath(parsed.GetRequiredValue(file));
            Proposal.Reject(path);
            Console.WriteLine($"{Proposal.PathOf(path)}: deleted; {path} stays as it is");
            return Root.Success;
        });
        return command;
    }

    private static Argument<string> InUse() => new("F") { Description = "Fingerprint in use (.ecfp)" };

    private static void Write<T>(T value, JsonTypeInfo<T> type) =>
        Console.WriteLine(JsonSerializer.Serialize(value, type));

    private static Option<bool> JsonOption() =>
        new("--json") { Description = "One JSON object instead of text" };
}
