using CsCheck;
using EdgeConv.Core;

namespace EdgeConv.Mqtt.Tests;

public sealed class OutboxTest
{
    private const int Limit = 5;

    /// <summary>Random additions, takings, settlings and losses, held to a plain list.</summary>
    [Fact]
    public void The_queue_behaves_like_a_list_that_drops_its_front() =>
        Gen.Int[0, 3].Array[0, 200].Sample(steps =>
    {
        Outbox outbox = new(Limit);
        List<long> waiting = [];
        List<Finding> taken = [];
        long next = 0, dropped = 0;
        foreach (int step in steps)
        {
            switch (step)
            {
                case 0:
                    outbox.Add(Samples.Result(next));
                    waiting.Add(next++);
                    break;
                case 1:
                    Assert.Equal(waiting.Count > 0, outbox.TryTake(out Finding? finding));
                    if (finding is Result result)
                    {
                        Assert.Equal(waiting[0], result.Sequence);
                        waiting.RemoveAt(0);
                        taken.Add(result);
                    }

                    break;
                case 2 when taken.Count > 0:
                    outbox.Settle();
                    taken.RemoveAt(0);
                    break;
                case 3:
                    foreach (Finding one in Enumerable.Reverse(taken))
                        outbox.GiveBack(one);
                    waiting.InsertRange(0, taken.Select(one => ((Result)one).Sequence));
                    taken.Clear();
                    break;
            }

            int excess = Math.Max(0, waiting.Count - Limit);
            dropped += excess;
            waiting.RemoveRange(0, excess);
            Assert.Equal((waiting.Count + taken.Count, dropped), (outbox.Owed, outbox.Dropped));
        }
    });

    [Fact]
    public void A_retired_pipeline_is_forgotten_once_cleared_and_may_come_back()
    {
        Outbox outbox = new(Limit);
        outbox.Set(Samples.Health(1, "a"));
        outbox.Retire("a");
        Assert.True(outbox.TryTakeHealth(out string? pipeline, out Health? health));
        Assert.Equal(("a", null), (pipeline, health));
        outbox.ForgetIfRetired("a");
        outbox.SendAllHealthAgain();
        Assert.True(outbox.IsEmpty);
        outbox.Retire("a");
        Assert.True(outbox.TryTakeHealth(out _, out _));
        outbox.Set(Samples.Health(2, "a"));
        outbox.ForgetIfRetired("a");
        Assert.True(outbox.TryTakeHealth(out _, out health));
        Assert.Equal(2, health?.Results);
    }

    [Fact]
    public void Pauses_double_up_to_the_longest_and_are_spread_over_their_upper_half() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[1, 100], Gen.Int).Sample((least, times, seed) =>
        {
            TimeSpan first = TimeSpan.FromMilliseconds(least), most = first * times;
            Backoff backoff = new(first, most, new Random(seed));
            for (int i = 0; i < 80; i++)
            {
                TimeSpan full = TimeSpan.FromTicks(
                    (long)Math.Min(most.Ticks, first.Ticks * Math.Pow(2, Math.Min(i, 62))));
                Assert.InRange(backoff.Next(), full / 2, full);
            }

            backoff.Reset();
            Assert.InRange(backoff.Next(), first / 2, first);
        });
}
