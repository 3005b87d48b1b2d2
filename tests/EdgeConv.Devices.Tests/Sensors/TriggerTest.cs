using System.Runtime.CompilerServices;
using EdgeConv.Devices.Sensors.Gpio;
using EdgeConv.Devices.Sensors.Gpio.Interop;
using EdgeConv.Devices.Sensors.Iio.Interop;
using EdgeConv.Devices.Tests.Sensors.Support;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Sensors;

public sealed class TriggerTest : IDisposable
{
    private readonly FakeLines _lines = new();
    private readonly ManualTime _time = new();

    public TriggerTest() => _lines.Add("gpiochip0", "pinctrl-rp1", 54);

    public void Dispose() => _lines.Dispose();

    [Fact]
    public async Task Samples_are_given_out_from_an_edge_on_for_as_long_as_configured()
    {
        Clockwork inner = new(_time, _lines, edgesAt: [5, 20, 22]);
        TriggeredSource source = new(
            inner, new TriggerOptions { Line = 17, HoldSeconds = 3 }, _time, new GpioLines(_lines.Root, _lines));
        List<long> given = [];
        while (await source.ReadAsync(CancellationToken.None) is { } sample)
        {
            given.Add(sample.Sequence);
            sample.Dispose();
        }

        Assert.Equal([5, 6, 7, 8, 20, 21, 22, 23, 24, 25], given);
        Assert.Equal(40, inner.Disposed);
        Assert.Equal(LineFlags.Rising, _lines.Taken);
        await source.DisposeAsync();
        Assert.Equal(0, _lines.Open);
    }

    [Fact]
    public async Task A_line_that_another_program_has_is_told_with_its_name()
    {
        _lines.Consumer = "other-program";
        Assert.Equal("pinctrl-rp1 line 17: 'other-program' has it; another line, or to end that, would be right",
            await FailAsync(17));
        Assert.Equal(0, _lines.Open);
    }

    [Fact]
    public async Task A_line_that_the_chip_does_not_have_is_told() =>
        Assert.Equal("pinctrl-rp1 line 99: cannot be taken; the chip has lines 0 to 53", await FailAsync(99));

    [Fact]
    public async Task A_chip_is_found_by_its_label_and_else_what_there_is_is_told()
    {
        _lines.Add("gpiochip1", "gpio-brcmstb", 8);
        Assert.Equal("nonesuch: no such GPIO chip is there; there are pinctrl-rp1, gpio-brcmstb",
            await FailAsync(1, "nonesuch"));
        using (IGpioChip chip = _lines.Chip("gpio-brcmstb"))
            Assert.Equal(1, _lines.Open);
        using (IGpioChip header = _lines.Chip(""))
        {
            header.ReadInfo(out GpioChipInfo info);
            Assert.Equal("pinctrl-rp1", info.Label);
        }

        _lines.OpenProblem = -13;
        Assert.Equal("gpio: permission missing: group gpio; sudo usermod -aG gpio $USER and log in again",
            await FailAsync(1));
        Assert.Equal(0, _lines.Open);
    }

    [Fact]
    public async Task A_line_that_is_lost_is_told_and_taken_anew()
    {
        Clockwork inner = new(_time, _lines, edgesAt: [0]);
        TriggeredSource source = new(inner, new TriggerOptions { Line = 17 }, _time, new GpioLines(_lines.Root, _lines));
        (await source.ReadAsync(CancellationToken.None))!.Dispose();
        _lines.ReadProblem = -19;
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(
            async () => await source.ReadAsync(CancellationToken.None));
        Assert.Equal("clockwork: its trigger, line 17, cannot be read: the device is gone (ENODEV)", error.Message);
        Assert.Equal(inner.Given, inner.Disposed);
        _lines.ReadProblem = 0;
        (await source.ReadAsync(CancellationToken.None))!.Dispose();
    }

    [Fact]
    public void Structs_are_as_large_as_the_headers()
    {
        Assert.Equal((68, 256, 592, 16, 48), (
            Unsafe.SizeOf<GpioChipInfo>(), Unsafe.SizeOf<GpioLineInfo>(), Unsafe.SizeOf<GpioLineRequest>(),
            Unsafe.SizeOf<GpioLineValues>(), Unsafe.SizeOf<GpioLineEvent>()));
        Assert.Equal(16, Unsafe.SizeOf<KernelClock.TimeSpec>());
    }

    [Fact]
    public void The_kernels_monotonic_clock_is_the_one_that_time_providers_count_by()
    {
        long before = System.Diagnostics.Stopwatch.GetTimestamp();
        long now = new KernelClock().Nanoseconds(KernelClock.NumberOf("monotonic"));
        Assert.InRange(now, before, System.Diagnostics.Stopwatch.GetTimestamp());
        Assert.InRange(new KernelClock().Nanoseconds(KernelClock.NumberOf("realtime")), now, long.MaxValue);
    }

    private async Task<string> FailAsync(int line, string chip = "")
    {
        TriggeredSource source = new(new Clockwork(_time, _lines, []),
            new TriggerOptions { Line = line, GpioChip = chip }, _time, new GpioLines(_lines.Root, _lines));
        return (await Assert.ThrowsAsync<DeviceError>(async () => await source.ReadAsync(CancellationToken.None))).Message;
    }

    /// <summary>A sample a second, 40 of them; edges come with some.</summary>
    private sealed class Clockwork(ManualTime time, FakeLines lines, int[] edgesAt) : ISource
    {
        public int Given { get; private set; }

        public int Disposed { get; private set; }

        public string Name => "clockwork";

        public bool IsLive => true;

        public ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
        {
            if (Given == 40)
                return new ValueTask<Sample?>((Sample?)null);
            time.Advance(TimeSpan.FromSeconds(1));
            if (edgesAt.Contains(Given))
                lines.Edge(time.GetTimestamp() * 100);
            return new ValueTask<Sample?>(new Window(_ => Disposed++)
            {
                Timestamp = time.GetUtcNow(), CapturedAt = time.GetTimestamp(), Sequence = Given++, Origin = "c",
                Length = 1, Channels = 1, RateHertz = 1, Values = new float[1],
            });
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
