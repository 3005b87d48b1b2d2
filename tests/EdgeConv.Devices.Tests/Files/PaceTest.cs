using EdgeConv.Devices.Files;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Files;

public sealed class PaceTest
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(1 / 360.0)]
    [InlineData(1 / 30.0)]
    [InlineData(0.25)]
    public async Task Sample_n_is_due_n_intervals_after_the_first(double interval)
    {
        Pace pace = new(true, _time);
        for (int n = 0; n < 1000; n++)
        {
            await PassAsync(pace.WaitAsync(n, interval, CancellationToken.None).AsTask());
            Assert.InRange(Seconds - (n * interval), -1e-6, 0.001 + 1e-6);
            // Decoding takes some of the interval.
            _time.Advance(TimeSpan.FromSeconds(interval * (n % 3) / 4));
        }
    }

    [Fact]
    public async Task Numbers_that_were_dropped_take_their_time()
    {
        Pace pace = new(true, _time);
        await PassAsync(pace.WaitAsync(5, 1, CancellationToken.None).AsTask());
        await PassAsync(pace.WaitAsync(8, 1, CancellationToken.None).AsTask());
        Assert.Equal(3, Seconds, 1e-9);
    }

    [Fact]
    public async Task A_sample_that_is_late_is_not_waited_for_and_the_next_is_due_as_ever()
    {
        Pace pace = new(true, _time);
        await PassAsync(pace.WaitAsync(0, 1, CancellationToken.None).AsTask());
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.True(pace.WaitAsync(1, 1, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        await PassAsync(pace.WaitAsync(2, 1, CancellationToken.None).AsTask());
        Assert.Equal(2, Seconds, 1e-9);
    }

    [Fact]
    public async Task After_a_long_stop_the_recording_goes_on_at_its_speed_instead_of_catching_up()
    {
        Pace pace = new(true, _time);
        await PassAsync(pace.WaitAsync(0, 1, CancellationToken.None).AsTask());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(pace.WaitAsync(1, 1, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        await PassAsync(pace.WaitAsync(2, 1, CancellationToken.None).AsTask());
        Assert.Equal(3601, Seconds, 1e-9);
    }

    [Fact]
    public void At_full_speed_nothing_is_waited_for()
    {
        Pace pace = new(false, _time);
        for (int n = 0; n < 10; n++)
            Assert.True(pace.WaitAsync(n, 3600, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once_and_can_be_repeated()
    {
        Pace pace = new(true, _time);
        await PassAsync(pace.WaitAsync(0, 1, CancellationToken.None).AsTask());
        using CancellationTokenSource stop = new();
        Task wait = pace.WaitAsync(1, 1, stop.Token).AsTask();
        Assert.False(wait.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            pace.WaitAsync(1, 1, stop.Token).AsTask());
        await PassAsync(pace.WaitAsync(1, 1, CancellationToken.None).AsTask());
        Assert.Equal(1, Seconds, 1e-9);
    }

    [Theory]
    [InlineData(1e7)]
    [InlineData(1e300)]
    public async Task An_interval_longer_than_a_timer_takes_is_waited_for(double interval)
    {
        Pace pace = new(true, _time);
        await PassAsync(pace.WaitAsync(0, interval, CancellationToken.None).AsTask());
        using CancellationTokenSource stop = new();
        Task wait = pace.WaitAsync(1, interval, stop.Token).AsTask();
        Assert.False(wait.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task A_source_cancelled_between_reading_and_due_time_loses_nothing()
    {
        using TempFolder folder = new();
        SourceOptions options = new() { Kind = SourceKind.Csv, Path = folder.Write("a.csv", "1\n2\n3\n") };
        await using ISource source = SourceFactory.Create(options, 1, _time);
        for (int n = 0; n < 3; n++)
        {
            using CancellationTokenSource stop = new();
            Task<Sample?> read = source.ReadAsync(stop.Token).AsTask();
            if (n > 0)
            {
                await UntilWaitingAsync(read);
                await stop.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
                read = source.ReadAsync(CancellationToken.None).AsTask();
                await PassAsync(read);
            }

            using Window window = (Window)(await read)!;
            Assert.Equal((n, n + 1f), (window.Sequence, window.Values.Span[0]));
            Assert.Equal(n, Seconds, 1e-3);
            Assert.Equal(_time.GetTimestamp(), window.CapturedAt);
            Assert.Equal(_time.GetUtcNow(), window.Timestamp);
        }
    }

    private double Seconds => _time.GetElapsedTime(1_000_000).TotalSeconds;

    // Moves the clock whenever somebody waits for it.
    private async Task PassAsync(Task wait)
    {
        while (!wait.IsCompleted)
        {
            if (_time.Waiting != 0)
                _time.Advance(Step);
            await Task.Yield();
        }

        await wait;
    }

    private async Task UntilWaitingAsync(Task wait)
    {
        while (_time.Waiting == 0 && !wait.IsCompleted)
            await Task.Yield();
    }
}
