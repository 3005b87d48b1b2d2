using System.Diagnostics;
using System.Globalization;
using EdgeConv.Mqtt;
using EdgeConv.Mqtt.Tests.Brokers;

namespace EdgeConv.Day;

/// <summary>
/// Hours of the daemon's operation in minutes, in which everything fails that can: every fault is named once, everything
/// comes back, nothing is left over. Five days are by <c>./build.sh test day</c>.
/// </summary>
public sealed class DayTest
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan s_warm = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_sampled = TimeSpan.FromMinutes(10);

    [Fact]
    public Task An_hour_of_troubles_leaves_nothing_behind_and_nothing_unsaid() => Live(TimeSpan.FromHours(1), Seed);

    [Fact(Explicit = true)]
    public Task Days_of_troubles_leave_nothing_behind_and_nothing_unsaid() =>
        Live(TimeSpan.FromHours(Number("EDGECONV_DAY_HOURS") ?? 120), Seed);

    private static int Seed => Number("EDGECONV_DAY_SEED") ?? 20261201;

    private static int? Number(string variable) => int.TryParse(
        Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;

    // On a thread of its own: the house must be alone in the pool.
    private static Task Live(TimeSpan length, int seed)
    {
        Mosquitto.SkipIfAbsent();
        return Task.Factory.StartNew(
            () =>
            {
                using DayRun day = new(seed, Say);
                day.Run(length);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>One simulated stretch of time.</summary>
    private sealed class DayRun(int seed, Action<string> say) : IDisposable
    {
        private readonly House _house = new();
        private Expectations _expected = null!;
        private Vitals _vitals = null!;
        private Troubles _troubles = null!;
        private (IEnumerator<TimeSpan> Subject, TimeSpan DueAt)[] _subjects = [];
        private TimeSpan _sampleAt;
        private TimeSpan _awake;

        public void Dispose() => _house.DisposeAsync().AsTask().GetAwaiter().GetResult();

        public void Run(TimeSpan length)
        {
            long begun = Stopwatch.GetTimestamp();
            _expected = new Expectations(_house.Time);
            _vitals = new Vitals(_house.Time);
            _troubles = new Troubles(_house, _expected, seed);
            WarmUp();
            IReadOnlyList<string> descriptors = Vitals.Descriptors;
            int threads = Vitals.OwnThreads;
            _subjects = [.. _troubles.Subjects.Select(subject => (subject, _awake))];
            Pass(() => _awake >= length);
            _troubles.IsOver = true;
            Pass(() => _troubles.IsCalm);
            TimeSpan calmAt = _awake;
            Pass(() => _awake >= calmAt + s_warm);
            _house.Observer.CatchUp();
            Tell(length, Stopwatch.GetElapsedTime(begun));
            CheckNames();
            CheckResults();
            CheckMemory(length);
            Assert.Equal(descriptors, Vitals.Descriptors);
            Assert.InRange(Vitals.OwnThreads, 1, threads);
            Assert.Equal((1, 4), (_house.Webcam.Open, _house.Webcam.Mapped));
            CheckEnd();
        }

        // What is made at the first loss of a broker is made once.
        private void WarmUp()
        {
            Pass(() => _awake >= s_warm / 2);
            foreach (TimeSpan pause in _troubles.Away(TimeSpan.FromSeconds(10)))
            {
                TimeSpan until = _awake + pause;
                Pass(() => _awake >= until);
            }

            Pass(() => _awake >= s_warm && _house.Sink.Counters.IsConnected);
        }

        private void Pass(Func<bool> isOver)
        {
            while (!isOver())
            {
                _house.Settle();
                for (int i = 0; i < _subjects.Length; i++)
                    Continue(ref _subjects[i]);
                if (_awake >= _sampleAt)
                {
                    _vitals.Take();
                    _sampleAt += s_sampled;
                }

                _house.Machine.Step();
                _house.Time.Advance(s_tick);
                _awake += s_tick;
            }
        }

        private void Continue(ref (IEnumerator<TimeSpan> Subject, TimeSpan DueAt) one)
        {
            if (_awake < one.DueAt)
                return;
            _house.Settle();
            if (!one.Subject.MoveNext())
                throw new InvalidOperationException("a subject's troubles have no end");
            one.DueAt = _awake + one.Subject.Current;
        }

        private void Tell(TimeSpan length, TimeSpan real)
        {
            say(string.Create(CultureInfo.InvariantCulture,
                $"{length.TotalHours:0} h in {real.TotalSeconds:0} s ({length / real:0} times as fast), seed {seed}, "
                    + $"{_expected.Troubles.Count} troubles, {_house.Reloads} reloads"));
            say(_expected.Kinds);
            say($"{_house.Counts.Results} results, {_house.Observer.Seen} seen, {_house.Sink.Counters}");
            say($"back at the latest: {_expected.Slowest}");
            say(_vitals.ToString());
            if (Environment.GetEnvironmentVariable("EDGECONV_DAY_LOG") is not null)
            {
                IEnumerable<Entry> seen = _house.Observer.Named.Select(
                    entry => entry with { Subject = $"seen of {entry.Subject}" });
                foreach (Entry entry in _house.Journal.Problems
                    .Concat(seen).Concat(_expected.Names).Concat(_expected.Troubles).OrderBy(entry => entry.At))
                    say(entry.ToString());
            }
        }

        private void CheckNames()
        {
            IReadOnlyList<Entry> logged = _house.Journal.Problems;
            Assert.True(_expected.Stuck.Count == 0, string.Join('\n', _expected.Stuck));
            Assert.Empty(_house.Journal.Unexpected);
            string[] differences =
            [
                .. _expected.Differences(House.Camera, logged, _house.Observer.Named, _house.WasAway),
                .. _expected.Differences(House.Sensor, logged, _house.Observer.Named, _house.WasAway),
                .. _house.Unseen(logged).Select(entry => $"not seen by a subscriber: {entry}"),
            ];
            say($"{_expected.Names.Count} faults to be named, {_expected.Hidden} of them hid behind another");
            Assert.True(differences.Length == 0, string.Join('\n', differences));
            // Each connection is lost once.
            int lost = _house.Connections.Count(entry => entry.Subject == nameof(MqttState.Lost));
            Assert.InRange(lost, _expected.Losses, _house.Sink.Counters.Connects - 1);
        }

        private void CheckResults()
        {
            Assert.Equal(_house.Sink.Counters.Dropped, _house.Observer.Owed);
            Assert.Equal(_house.Counts.Results, _house.Observer.Seen + _house.Observer.Owed);
        }

        // The heap holds the lists of the test, some 5 KB an hour. Resident memory has gained 30 to 161 KB an hour in five
        // days, see decision 0031; of one day its slope tells nothing.
        private void CheckMemory(TimeSpan length)
        {
            if (length < TimeSpan.FromHours(96))
                return;
            Assert.InRange(_vitals.HeapSlope, double.NegativeInfinity, 8);
            Assert.InRange(_vitals.ResidentSlope, double.NegativeInfinity, 200);
        }

        private void CheckEnd()
        {
            Task stop = Task.Run(_house.StopAsync);
            Pass(() => stop.IsCompleted);
            stop.GetAwaiter().GetResult();
            Assert.Equal((0, 0), (_house.Webcam.Open, _house.Webcam.Mapped));
            Assert.Equal(0, _house.Wire.Open);
        }
    }
}
