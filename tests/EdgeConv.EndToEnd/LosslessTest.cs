using System.Diagnostics;
using System.Globalization;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>
/// Three daemons share one subscription and are killed at random moments: every message gives a result at least once.
/// The long run is by <c>./build.sh test lossless</c>.
/// </summary>
public sealed class LosslessTest
{
    private const int WorkerCount = 3;
    private const int Ahead = 2000;
    private static readonly TimeSpan s_meanPause = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public Task No_message_of_10000_is_lost_when_workers_are_killed() => NoneIsLost(10_000);

    [Fact(Explicit = true, Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public Task No_message_of_100000_is_lost_when_workers_are_killed() => NoneIsLost(100_000);

    // As fast as they are worked on, so that each kill meets messages at every stage.
    private static async Task NoneIsLost(int count)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        // What the broker drops because a worker is away is not the workers' to keep.
        using Mosquitto broker = new("max_queued_messages 0", "log_dest none");
        using Workers workers = new(broker, WorkerCount, Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx"));
        await using MessageStream stream = await MessageStream.StartAsync(broker, count, Picture());
        await stream.WaitForWorkersAsync(WorkerCount, s_patience, cancellation);
        long begun = Stopwatch.GetTimestamp();
        Task publishing = stream.PublishAsync(Ahead, double.PositiveInfinity, cancellation);
        int kills = await KillAsync(workers, stream, publishing);
        await publishing;
        await stream.WaitForAllAsync(s_patience, cancellation);
        string shares = string.Join(", ", stream.Shares.OrderBy(share => share.Key).Select(share => $"{share.Key} {share.Value}"));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} messages, {stream.Missing.Count} lost, {stream.Results - stream.Distinct} results more than once, "
                + $"{kills} kills, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s; {shares}"));
        Assert.True(stream.Missing.Count == 0, $"lost {string.Join(' ', stream.Missing.Take(50))}\n{workers.Said}");
        Assert.True(stream.Results > stream.Distinct, "no kill met a message between its result and its acknowledgement");
        Assert.InRange(kills, WorkerCount, int.MaxValue);
        Assert.Equal(WorkerCount, stream.Shares.Count);
    }

    // Whoever has not worked since it was started is left alone: on a busy machine none would ever get to work.
    private static async Task<int> KillAsync(Workers workers, MessageStream stream, Task publishing)
    {
        Random random = new(11);
        int[] sharesThen = new int[WorkerCount];
        int kills = 0;
        while (!publishing.IsCompleted)
        {
            await Task.WhenAny(publishing, Task.Delay(s_meanPause * (2 * random.NextDouble())));
            int victim = random.Next(WorkerCount);
            int share = stream.Shares[$"w{victim}"];
            if (share == sharesThen[victim])
                continue;
            workers.KillAndRestart(victim);
            sharesThen[victim] = stream.Shares[$"w{victim}"];
            kills++;
        }

        return kills;
    }

    private static byte[] Picture()
    {
        byte[] pixels = new byte[28 * 28];
        new Random(3).NextBytes(pixels);
        return pixels;
    }
}
