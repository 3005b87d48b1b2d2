using System.Text;
using EdgeConv.Core;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>Runs with nothing beside it, so that the process's memory is the reader's.</summary>
[CollectionDefinition(nameof(ConfigMutationTest), DisableParallelization = true)]
public sealed class ConfigMutationCollection;

/// <summary>
/// Damaged configurations end in a <see cref="ConfigError"/> or are read, in bounded time and memory; nothing else.
/// </summary>
[Collection(nameof(ConfigMutationTest))]
public sealed class ConfigMutationTest
{
    private const int Mutations = 12_000;
    private const long LargestGrowth = 128L << 20;
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    private static readonly string[] Fragments =
        [":", "- ", "[", "]", "{", "}", "\n", "  ", "\t", "#", "'", "\"", "&a", "*a", "!!", "|", ">", "%", "---", "...",
            "null", "true", "-1", "1e999", "0x10", "\0", "\uFEFF", "ä", "\U0001F600", "? ", "<<: ", "pipelines:"];

    [Fact]
    public void A_damaged_file_is_read_or_refused()
    {
        string sample = File.ReadAllText(Repository.PathOf("deploy", "config", "edgeconv.yaml"))
            .Replace("labels_file:", "labels:", StringComparison.Ordinal)
            .Replace("  # ", "  ", StringComparison.Ordinal);
        Random random = new(20261101);
        int refused = 0;
        PeakMemory.Reset();
        long before = Environment.WorkingSet;
        for (int i = 0; i < Mutations; i++)
        {
            string damaged = Mutate(sample, random);
            long begun = TimeProvider.System.GetTimestamp();
            try
            {
                ConfigReaderTest.Read(damaged);
            }
            catch (ConfigError)
            {
                refused++;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Slowest, damaged);
            if (i % 100 == 99)
                Assert.True(PeakMemory.Bytes - before < LargestGrowth, $"{PeakMemory.Bytes - before} at {i}:\n{damaged}");
        }

        Assert.InRange(refused, Mutations / 2, Mutations);
    }

    private static string Mutate(string text, Random random)
    {
        StringBuilder damaged = new(text);
        for (int i = random.Next(1, 6); i > 0 && damaged.Length > 1; i--)
        {
            int at = random.Next(damaged.Length);
            int length = random.Next(1, Math.Min(200, damaged.Length - at) + 1);
            switch (random.Next(6))
            {
                case 0:
                    damaged.Insert(at, Fragments[random.Next(Fragments.Length)]);
                    break;
                case 1:
                    damaged.Remove(at, length);
                    break;
                case 2:
                    damaged[at] = (char)random.Next(1, 0x250);
                    break;
                case 3:
                    damaged.Insert(random.Next(damaged.Length), damaged.ToString(at, length));
                    break;
                case 4:
                    damaged.Length = at + 1;
                    break;
                default:
                    damaged.Insert(at, string.Concat(
                        Enumerable.Repeat(Fragments[random.Next(Fragments.Length)], random.Next(1, 300))));
                    break;
            }
        }

        return damaged.ToString();
    }
}
