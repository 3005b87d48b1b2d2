using CsCheck;
using EdgeConv.Devices.Files;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Files;

public sealed class WindowTest
{
    private static readonly Gen<(int Length, int Stride, int Channels, int Instants, int[] Bad)> Cases =
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 20], Gen.Int[1, 4], Gen.Int[0, 90], Gen.Int[0, 89].Array[0, 3]);

    [Fact]
    public void Windows_equal_slices_of_the_recording() => Cases.Holds(
        c =>
        {
            ScriptedReader recording = new(c.Instants, c.Channels, []);
            Reading reading = Read(Options(c.Stride), c.Length, () => recording);
            Assert.Empty(reading.Errors);
            Assert.Equal(Slices(recording, c.Length, c.Stride), reading.Windows);
        },
        300);

    [Fact]
    public void A_bad_instant_takes_just_the_windows_that_hold_it_and_is_reported_once() => Cases.Holds(
        c =>
        {
            ScriptedReader recording = new(c.Instants, c.Channels, c.Bad);
            Reading reading = Read(Options(c.Stride), c.Length, () => recording);
            Assert.Equal(Slices(recording, c.Length, c.Stride), reading.Windows);
            int lastRead = recording.Reads;
            Assert.Equal(c.Bad.Where(b => b < lastRead).Distinct().Count(), reading.Errors.Count);
        },
        300);

    [Fact]
    public void Looping_gives_the_same_windows_again_with_sequence_numbers_that_go_on()
    {
        int opened = 0;
        SourceOptions options = Options(3) with { Loop = true };
        Reading reading = Read(options, 4, () => new ScriptedReader(11, 2, []) { Pass = opened++ }, most: 7);
        (long, float[])[] once = [.. Slices(new ScriptedReader(11, 2, []), 4, 3)];
        Assert.Equal(3, once.Length);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], reading.Windows.Select(window => window.Sequence));
        for (int i = 0; i < reading.Windows.Count; i++)
            Assert.Equal(once[i % 3].Item2, reading.Windows[i].Values);
    }

    [Fact]
    public void Offset_is_added_before_scale_multiplies()
    {
        SourceOptions options = Options(0) with { Offset = 10, Scale = 0.5 };
        Reading reading = Read(options, 2, () => new ScriptedReader(2, 1, []));
        Assert.Equal([5f, 5.5f], reading.Windows.Single().Values);
    }

    [Fact]
    public void A_value_that_the_scale_makes_infinite_is_a_data_error()
    {
        SourceOptions options = Options(0) with { Scale = 1e300 };
        Reading reading = Read(options, 1, () => new ScriptedReader(3, 1, []));
        Assert.Equal(2, reading.Errors.OfType<DataError>().Count());
        Assert.Equal([0], reading.Windows.Select(window => window.Sequence));
    }

    [Fact]
    public void A_recording_shorter_than_a_window_ends_at_once() =>
        Assert.Empty(Read(Options(0), 5, () => new ScriptedReader(4, 1, [])).Windows);

    [Fact]
    public void A_looped_recording_without_a_whole_window_is_a_device_error_and_opened_anew()
    {
        List<ScriptedReader> opened = [];
        ISource source = Source(Options(0) with { Loop = true }, 5, () =>
        {
            opened.Add(new ScriptedReader(opened.Count == 0 ? 4 : 5, 1, []));
            return opened[^1];
        });
        Assert.Throws<DeviceError>(() => Take(source));
        Assert.Equal([0f, 1, 2, 3, 4], Assert.IsType<Window>(Take(source)).Values.ToArray());
        Assert.True(opened[0].IsDisposed);
    }

    [Fact]
    public void A_released_window_lends_its_memory_to_the_next()
    {
        ISource source = Source(Options(0), 2, () => new ScriptedReader(8, 1, []));
        Window first = (Window)Take(source)!;
        ReadOnlyMemory<float> memory = first.Values;
        Window second = (Window)Take(source)!;
        Assert.False(memory.Equals(second.Values));
        first.Dispose();
        first.Dispose();
        Assert.True(memory.Equals(((Window)Take(source)!).Values));
        Assert.False(memory.Equals(((Window)Take(source)!).Values));
    }

    [Fact]
    public void A_window_of_too_many_values_is_refused_before_memory_is_taken()
    {
        Reading reading = Read(Options(0), int.MaxValue, () => new ScriptedReader(4, 1000, []));
        Assert.Contains("1000 channels", Assert.IsType<DeviceError>(reading.Errors.Single()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_that_cannot_be_opened_is_a_device_error_and_tried_again()
    {
        int tries = 0;
        ISource source = Source(Options(0), 1, () => tries++ == 0
            ? throw new DataError("pump.csv", "is empty")
            : new ScriptedReader(1, 1, []));
        Assert.Equal("pump.csv: is empty", Assert.Throws<DeviceError>(() => Take(source)).Message);
        Assert.NotNull(Take(source));
    }

    [Fact]
    public void A_read_that_fails_closes_the_recording_and_the_next_call_opens_it_again()
    {
        List<ScriptedReader> opened = [];
        ISource source = Source(Options(0), 2, () =>
        {
            opened.Add(new ScriptedReader(4, 1, []) { FailsAt = opened.Count == 0 ? 1 : -1 });
            return opened[^1];
        });
        Assert.Contains("cannot be read", Assert.Throws<DeviceError>(() => Take(source)).Message,
            StringComparison.Ordinal);
        Assert.True(opened[0].IsDisposed);
        Assert.Equal([0f, 1], ((Window)Take(source)!).Values.ToArray());
    }

    private static SourceOptions Options(int stride) =>
        new() { Kind = SourceKind.Csv, Path = "scripted.csv", RealTime = false, Stride = stride };

    private static WindowSource Source(SourceOptions options, int length, Func<ISampleReader> open) =>
        new(options, length, open, new Pace(options.RealTime, new ManualTime()));

    private static Reading Read(
        SourceOptions options, int length, Func<ISampleReader> open, int most = 100_000) =>
        Reading.ToEndAsync(Source(options, length, open), most).GetAwaiter().GetResult();

    private static Sample? Take(ISource source) =>
        source.ReadAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();

    private static IEnumerable<(long, float[])> Slices(ScriptedReader recording, int length, int stride)
    {
        int step = stride == 0 ? length : stride;
        for (int n = 0; n * step + length <= recording.Instants; n++)
        {
            IEnumerable<int> instants = Enumerable.Range(n * step, length);
            if (!instants.Any(recording.IsBad))
                yield return (n, [.. instants.SelectMany(recording.ValuesAt)]);
        }
    }
}
