using System.Diagnostics;
using System.Globalization;

namespace EdgeConv.Testing.FaultInjection;

/// <summary>
/// Kills <c>edgeconv fit --resume --save-every 0</c> with SIGKILL again and again until it gets through, and
/// from the start again, in turns with no fingerprint at its place before and with an older one. Of four
/// kills two come at any time, one as soon as a state is being saved, and one as soon as the fingerprint is.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="model">A model that takes windows of 512 numbers.</param>
/// <param name="folder">An empty folder.</param>
public sealed class FitKills(string program, string model, string folder)
{
    private const int Window = 512;
    private const int Windows = 150;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly Random _random = new(20260403);
    private readonly string _state = Path.Combine(folder, "killed.state");
    private readonly string _output = Path.Combine(folder, "killed.ecfp");
    private readonly HashSet<string> _left = [];
    private TimeSpan _duration;

    /// <summary>Kills so often.</summary>
    /// <exception cref="InvalidOperationException">
    /// A fit failed, a file was damaged or lost, or a fingerprint is not that of an undisturbed fit.
    /// </exception>
    public KillCounts Run(int kills)
    {
        WriteSeries("data.csv", seed: 1);
        WriteSeries("older.csv", seed: 2);
        byte[] expected = Undisturbed("data.csv"), older = Undisturbed("older.csv");
        KillCounts counts = default;
        while (counts.Kills < kills)
        {
            bool hasOlder = counts.Fits % 2 == 1;
            File.Delete(_output);
            if (hasOlder)
                File.WriteAllBytes(_output, older);
            byte[]? before = hasOlder ? SealedBytes.ButForTime(older) : null;
            counts = UntilThrough(counts, kills, before, SealedBytes.ButForTime(expected));
        }

        return counts;
    }

    private KillCounts UntilThrough(KillCounts counts, int kills, byte[]? before, byte[] expected)
    {
        bool hasEnded = false;
        while (!hasEnded)
        {
            using Process fit = Start("data.csv", _output, _state);
            Task<string> errors = fit.StandardError.ReadToEndAsync();
            bool isKilled = counts.Kills < kills && KillSometime(fit, counts.Kills);
            Require(fit.WaitForExit(Limit), "the fit does not end");
            bool isResumed = errors.Result.Contains("goes on after", StringComparison.Ordinal);
            hasEnded = !isKilled;
            Require(isKilled || fit.ExitCode == 0, errors.Result);
            counts = CheckFiles(counts, before, expected) with
            {
                Kills = counts.Kills + (isKilled ? 1 : 0),
                Resumed = counts.Resumed + (isResumed ? 1 : 0),
            };
        }

        Require(SealedBytes.ButForTime(File.ReadAllBytes(_output)).AsSpan().SequenceEqual(expected),
            "the fingerprint is not that of an undisturbed fit");
        string[] left = Directory.GetFiles(folder, "killed.*");
        Require(left.Length == 1, $"left behind: {string.Join(", ", left)}");
        return counts with { Fits = counts.Fits + 1 };
    }

    // The output is what was there before, or the whole new one; the state is absent or whole.
    private KillCounts CheckFiles(KillCounts counts, byte[]? before, byte[] expected)
    {
        byte[]? found = File.Exists(_output) ? SealedBytes.ButForTime(File.ReadAllBytes(_output)) : null;
        bool isNew = found is not null && found.AsSpan().SequenceEqual(expected);
        bool isBefore = found is null ? before is null : before is not null && found.AsSpan().SequenceEqual(before);
        Require(isNew || isBefore, $"{_output} is neither what was there before nor the new one");
        Require(!File.Exists(_state) || SealedBytes.AreWhole(File.ReadAllBytes(_state)), $"{_state} is damaged");
        string[] left = [.. Directory.GetFiles(folder, "killed.*.tmp").Where(_left.Add)];
        return counts with { DuringSave = counts.DuringSave + (left.Length > 0 ? 1 : 0) };
    }

    // False when it ended before.
    private bool KillSometime(Process fit, int number)
    {
        string? awaited = (number % 4) switch
        {
            1 => "killed.state.*.tmp",
            3 => "killed.ecfp.*.tmp",
            _ => null,
        };
        // What an earlier kill has left is not what is awaited.
        HashSet<string> known = awaited is null ? [] : [.. Directory.GetFiles(folder, awaited)];
        TimeSpan delay = awaited is null ? _random.NextDouble() * _duration : Limit;
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed < delay && !fit.HasExited)
        {
            if (awaited is not null && !known.IsSupersetOf(Directory.GetFiles(folder, awaited)))
                break;
            if (awaited is null)
                fit.WaitForExit(1);
        }

        fit.Kill();
        fit.WaitForExit();
        // 128 + SIGKILL.
        return fit.ExitCode == 137;
    }

    private byte[] Undisturbed(string data)
    {
        string output = Path.Combine(folder, "whole.ecfp");
        Stopwatch clock = Stopwatch.StartNew();
        using Process fit = Start(data, output, Path.Combine(folder, "whole.state"));
        string errors = fit.StandardError.ReadToEnd();
        fit.WaitForExit();
        _duration = clock.Elapsed;
        Require(fit.ExitCode == 0, errors);
        return File.ReadAllBytes(output);
    }

    private Process Start(string data, string output, string state)
    {
        string[] arguments =
        [
            "fit", model, "--data", Path.Combine(folder, data), "--out", output, "--resume", state,
            "--save-every", "0", "--no-check",
        ];
        // The few lines that it prints fit into a pipe that no one reads.
        return Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private void WriteSeries(string name, int seed)
    {
        Random random = new(seed);
        File.WriteAllLines(Path.Combine(folder, name), Enumerable.Range(0, Window * Windows).Select(_ =>
            random.NextDouble().ToString("0.0000", CultureInfo.InvariantCulture)));
    }

    private static void Require(bool isTrue, string problem)
    {
        if (!isTrue)
            throw new InvalidOperationException(problem);
    }
}

/// <summary>What kills have come to.</summary>
/// <param name="Kills">Processes that were killed.</param>
/// <param name="DuringSave">Those of them that left a file half written, beside the one it was to replace.</param>
/// <param name="Resumed">Processes that went on with a state.</param>
/// <param name="Fits">Fits that got through.</param>
public readonly record struct KillCounts(int Kills, int DuringSave, int Resumed, int Fits);
