using EdgeConv.Devices.Sensors.Joining;
using EdgeConv.Devices.Tests.Sensors.Support;

namespace EdgeConv.Devices.Tests.Sensors;

public sealed class FaultTest : JoinTest
{
    [Fact]
    public async Task Two_bus_errors_in_a_row_are_bridged()
    {
        int reads = 0;
        FakeSensor sensor = new(Time, t => t) { Fault = () => ++reads is 5 or 6 ? new IOException("Error 121.") : null };
        JoinedSource source = Join(10, 20, (Options, () => sensor));
        using Window window = await ReadAsync(source);
        Assert.Equal(0, window.Sequence);
        Assert.False(sensor.IsDisposed);
    }

    [Fact]
    public async Task A_fault_is_told_once_and_windows_begin_anew_when_the_sensor_is_back()
    {
        bool isBroken = false;
        List<FakeSensor> opened = [];
        JoinedSource source = Join(10, 10, (Options, () =>
        {
            opened.Add(new FakeSensor(Time, t => t)
            {
                Fault = () => isBroken ? new IOException("Error 121 performing I2C data transfer.") : null,
            });
            return opened[^1];
        }));
        using Window first = await ReadAsync(source);
        isBroken = true;
        Assert.Equal("fake: cannot be read: no device acknowledges (EREMOTEIO)", await FailAsync<DeviceError>(source));
        long brokenAt = Time.GetTimestamp();
        Waited = () => isBroken &= Time.GetElapsedTime(brokenAt).TotalSeconds < 60;
        using Window second = await ReadAsync(source);
        Assert.InRange(opened.Count, 6, 9);
        Assert.All(opened.SkipLast(1), sensor => Assert.True(sensor.IsDisposed));
        Assert.InRange(second.Sequence, 60, 95);
        Assert.Equal(InstantsOf(second).Select(t => (float)t), ColumnOf(second, 0), (a, b) => Math.Abs(a - b) < 1e-4);
        Waited = () => isBroken = true;
        await FailAsync<DeviceError>(source);
    }

    // A chip's check when it is opened tells the bus, too.
    [Fact]
    public async Task A_fault_that_stands_is_told_once_even_where_opening_names_another_place()
    {
        bool isBroken = false;
        int refused = 0;
        JoinedSource source = Join(10, 10, (Options, () =>
        {
            if (isBroken)
            {
                refused++;
                throw new DeviceError("fake at 0x76 of I2C bus 1", "cannot be read: no device acknowledges (EREMOTEIO)");
            }

            return new FakeSensor(Time, t => t)
            {
                Fault = () => isBroken ? new IOException("Error 121 performing I2C data transfer.") : null,
            };
        }));
        (await ReadAsync(source)).Dispose();
        isBroken = true;
        Assert.Equal("fake: cannot be read: no device acknowledges (EREMOTEIO)", await FailAsync<DeviceError>(source));
        Waited = () => isBroken = refused < 3;
        (await ReadAsync(source)).Dispose();
        Assert.Equal(3, refused);
    }

    [Fact]
    public async Task A_sensor_that_is_back_at_once_has_one_fault_and_leaves_no_gap_to_be_told()
    {
        int reads = 0;
        JoinedSource source = Join(10, 10, (Options, () => new FakeSensor(Time, t => t)
        {
            Fault = () => ++reads is >= 25 and < 28 ? new IOException("Error 121.") : null,
        }));
        await FailAsync<DeviceError>(source);
        // The reader pauses before it asks again.
        Time.Advance(TimeSpan.FromSeconds(3));
        for (int i = 0; i < 3; i++)
            (await ReadAsync(source)).Dispose();
    }

    [Fact]
    public async Task An_absent_sensor_is_told_once_and_looked_for_with_growing_pauses()
    {
        List<double> tries = [];
        JoinedSource source = Join(10, 10, (Options, () =>
        {
            tries.Add(FakeSensor.SecondsAt(Time.GetTimestamp()));
            return tries.Count > 8 ? new FakeSensor(Time, t => t) : throw new DeviceError("bme280", "is not there");
        }));
        Assert.Equal("bme280: is not there", await FailAsync<DeviceError>(source));
        (await ReadAsync(source)).Dispose();
        double[] pauses = [.. tries.Zip(tries.Skip(1), (one, next) => next - one)];
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], pauses, (expected, pause) => pause - expected is > -1e-6 and < 0.2);
    }

    [Fact]
    public async Task Two_faults_of_one_sensor_are_told_each()
    {
        int tries = 0;
        JoinedSource source = Join(10, 10, (Options, () => ++tries switch
        {
            < 3 => throw new DeviceError("a", "is not there"),
            < 5 => throw new DeviceError("a", "is denied"),
            _ => new FakeSensor(Time, t => t),
        }));
        Assert.Equal("a: is not there", await FailAsync<DeviceError>(source));
        Assert.Equal("a: is denied", await FailAsync<DeviceError>(source));
        (await ReadAsync(source)).Dispose();
    }

    [Fact]
    public async Task A_buffer_that_nothing_fills_is_named_and_opened_anew()
    {
        int opened = 0;
        JoinedSource source = Join(10, 10, (Options, () =>
            new FakeSensor(Time, t => t) { OwnInterval = TimeSpan.FromSeconds(0.1), IsSilent = ++opened < 3 }));
        Assert.Equal("fake: gives no reading for 5 s; opened anew", await FailAsync<DeviceError>(source));
        (await ReadAsync(source)).Dispose();
        Assert.Equal(3, opened);
    }

    [Fact]
    public async Task A_buffer_is_not_silent_while_nobody_looks()
    {
        int opened = 0;
        FakeSensor sensor = new(Time, t => t) { OwnInterval = TimeSpan.FromSeconds(0.1) };
        JoinedSource source = Join(10, 10, (Options, () =>
        {
            opened++;
            return sensor;
        }));
        (await ReadAsync(source)).Dispose();
        // As after a stop of the whole program: the sensor has nothing at first.
        Time.Advance(TimeSpan.FromSeconds(20));
        sensor.IsSilent = true;
        Waited = () => sensor.IsSilent = false;
        await FailAsync<DataError>(source);
        (await ReadAsync(source)).Dispose();
        Assert.Equal(1, opened);
    }

    [Fact]
    public async Task A_sensor_that_throws_what_others_do_not_is_named_all_the_same()
    {
        FakeSensor sensor = new(Time, t => t) { Fault = () => new InvalidOperationException("not\nready") };
        JoinedSource source = Join(10, 10, (Options, () => sensor));
        Assert.Equal("fake: cannot be read: not ready", await FailAsync<DeviceError>(source));
    }

    [Fact]
    public async Task Channels_that_are_not_what_the_model_takes_are_one_clear_line()
    {
        Assert.Equal("n: gives 1 channels (fake c0); the model takes 3",
            await FailAsync<DeviceError>(Join(FormFor(3), (Options, () => new FakeSensor(Time, t => t)))));
        Assert.Equal("n: channel 1 is fake c0 in V; by its file the model was trained on accel_x in m/s²",
            await FailAsync<DeviceError>(Join(FormFor(1, new SensorChannel("accel_x", "m/s²")), (Options, () => new FakeSensor(Time, t => t)))));
        Assert.Equal("n: channel 1 is fake c0 in V; by its file the model was trained on c0 in mV",
            await FailAsync<DeviceError>(Join(FormFor(1, new SensorChannel("c0", "mV")), (Options, () => new FakeSensor(Time, t => t)))));
        (await ReadAsync(Join(FormFor(1, new SensorChannel("c0", "")), (Options, () => new FakeSensor(Time, t => t))))).Dispose();
    }

    [Fact]
    public async Task A_unit_that_is_stated_and_not_the_sensors_is_one_clear_line()
    {
        SensorOptions options = Options with { Channels = [new("c0") { Unit = "°C" }] };
        Assert.Equal("fake: channel 'c0' is in V, 'unit' says °C",
            await FailAsync<DeviceError>(Join(10, 4, (options, () => new FakeSensor(Time, t => t)))));
        SensorOptions spelt = Options with { Channels = [new("accel_x") { Unit = "m/s2" }] };
        FakeSensor sensor = new(Time, t => t) { Channels = [new("accel_x", "m/s²")] };
        (await ReadAsync(Join(10, 4, (spelt, () => sensor)))).Dispose();
    }

    [Fact]
    public async Task Channels_come_in_the_order_in_which_they_are_wanted()
    {
        SensorOptions options = Options with { Channels = [new("c2"), new("c0")] };
        FakeSensor sensor = new(Time, _ => 10, _ => 11, _ => 12);
        using Window window = await ReadAsync(Join(10, 2, (options, () => sensor)));
        Assert.Equal([12, 10, 12, 10], window.Values.ToArray());
        Assert.Equal("fake: has no channel 'c9'; it has c0, c1, c2", await FailAsync<DeviceError>(
            Join(10, 2, (Options with { Channels = [new("c9")] }, () => new FakeSensor(Time, _ => 1, _ => 2, _ => 3)))));
    }

    [Fact]
    public async Task Disposing_closes_the_sensors_and_ends_a_read()
    {
        FakeSensor sensor = new(Time, t => t) { IsSilent = true };
        JoinedSource source = Join(10, 10, (Options, () => sensor));
        TaskCompletionSource reading = new();
        Waited = () => reading.TrySetResult();
        Task<Window> read = ReadAsync(source);
        await reading.Task;
        await source.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => read);
        Assert.True(sensor.IsDisposed);
    }

    [Fact]
    public async Task An_instant_allocates_nothing()
    {
        const int Instants = 5000;
        long begun = 0, ended = 0;
        int reads = 0;
        // On the thread that reads the sensors.
        FakeSensor polled = new(Time, t =>
        {
            reads++;
            if (reads == 200)
                begun = GC.GetAllocatedBytesForCurrentThread();
            if (reads == 200 + Instants)
                ended = GC.GetAllocatedBytesForCurrentThread();
            return t;
        });
        FakeSensor own = new(Time, t => t, t => -t) { OwnInterval = TimeSpan.FromMilliseconds(7) };
        JoinedSource source = Join(100, 100_000, (Options, () => polled), (Options, () => own));
        using CancellationTokenSource enough = new();
        Waited = () =>
        {
            if (reads > 200 + Instants)
                enough.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadAsync(enough.Token));
        Assert.True(ended > 0 && begun > 0);
        Assert.Equal(0, ended - begun);
    }

    private static JoinForm FormFor(int channels, params SensorChannel[] trainedOn) => new()
    {
        Name = "n", Origin = "o", RateHertz = 10, Length = 4, Stride = 4,
        Wish = new SampleWish { WindowLength = 4, Channels = channels, TrainedOn = trainedOn.Length == 0 ? null : trainedOn },
    };
}
