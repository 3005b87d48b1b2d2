using EdgeConv.Devices.Tests.Support;
using EdgeConv.Testing;

namespace EdgeConv.Devices.Tests.Board;

public sealed class SteadyStateTest
{
    [Theory]
    [MemberData(nameof(BoardTest.Boards), MemberType = typeof(BoardTest))]
    public void A_reading_allocates_nothing(string name)
    {
        using FakeBoard fake = new(name);
        ManualTime time = new();
        Devices.Board.Board board = new(fake.Root, time);
        Assert.Equal(0, Allocation.Least(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            board.Read();
        }, runs: 10));
    }

    [Fact]
    public void A_reading_of_this_machine_allocates_nothing()
    {
        Devices.Board.Board board = new(new SysRoot("/"), TimeProvider.System);
        Assert.Equal(0, Allocation.Least(() => board.Read(), runs: 10));
    }

    [Fact]
    public void Readings_leave_no_file_open_also_when_devices_come_and_go()
    {
        using FakeBoard fake = new("raspberry-pi-5");
        Devices.Board.Board board = new(fake.Root, new ManualTime());
        board.Read();
        string[] before = OpenFilesBelow(fake.PathOf(""));
        for (int i = 0; i < 1000; i++)
        {
            fake.Rename("hwmon/hwmon3", "away");
            board.Read();
            fake.Rename("away", "hwmon/hwmon3");
            board.Read();
        }

        Assert.Equal(before, OpenFilesBelow(fake.PathOf("")));
        Assert.Empty(before);
    }

    [Fact]
    public async Task A_pipe_in_a_sensor_s_place_blocks_nothing()
    {
        using FakeBoard fake = new("raspberry-pi-4");
        string temp = fake.FileOf("thermal/thermal_zone0", "temp");
        File.Delete(temp);
        using (var make = System.Diagnostics.Process.Start("mkfifo", temp))
            make.WaitForExit();
        Assert.True(FileStatus.IsStream(temp));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        BoardReading reading = await Task
            .Run(() => new Devices.Board.Board(fake.Root, new ManualTime()).Read(), cancellation)
            .WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        Assert.Null(reading.TemperatureCelsius);
    }

    private static string[] OpenFilesBelow(string folder) => [.. Directory.GetFiles("/proc/self/fd")
        .Select(file => new FileInfo(file).LinkTarget)
        .OfType<string>()
        .Where(target => target.StartsWith(folder, StringComparison.Ordinal))];
}
