using CsCheck;
using EdgeConv.Core;

namespace EdgeConv.Mqtt.Tests;

public sealed class OutboxTest
{
    private const int Limit = 5;

    /// <summary>
    /// Random additions, takings, settlings and losses, held to a plain list. Even numbers are results, odd ones
    /// alarms and decisions in turn.
    /// </summary>
    [Fact]
    public void The_queue_behaves_like_a_list_that_drops_its_oldest_result_or_else_its_oldest_finding() =>
        Gen.Int[0, 4].Array[0, 200].Sample(steps =>
    {
        Outbox outbox = new(Limit);
        List<long> waiting = [];
        List<Finding> taken = [];
        long next = 0, dropped = 0;
        foreach (int step in steps)
        {
            switch (step)
            {
                case 0 or 1:
                    next += next % 2 == step ? 2 : 1;
                    Finding added = step == 0
                        ? Samples.Result(next)
                        : next % 4 == 1 ? Samples.Alarm(next) : Samples.Decision(rateHertz: next);
                    outbox.Add(added);
                    waiting.Add(next);
                    break;
                case 2:
                    Assert.Equal(waiting.Count > 0, outbox.TryTake(out Finding? finding));
                    if (finding is not null)
                    {
                        Assert.Equal(waiting[0], NumberOf(finding));
                        waiting.RemoveAt(0);
                        taken.Add(finding);
                    }

                    break;
                case 3 when taken.Count > 0:
                    outbox.Settle();
                    taken.RemoveAt(0);
                    break;
                case 4:
                    foreach (Finding one in Enumerable.Reverse(taken))
                        outbox.GiveBack(one);
                    waiting.InsertRange(0, taken.Select(NumberOf));
                    taken.Clear();
                    break;
            }

            for (; waiting.Count > Limit; dropped++)
                waiting.RemoveAt(Math.Max(0, waiting.FindIndex(number => number % 2 == 0)));
            Assert.Equal((waiting.Count + taken.Count, dropped), (outbox.Owed, outbox.Dropped));
        }

        static long NumberOf(Finding finding) => finding switch
        {
            Result result => result.Sequence,
            DriftAlarm alarm => alarm.Sample.Sequence,
            _ => (long)((GovernorDecision)finding).To.RateHertz,
        };
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
