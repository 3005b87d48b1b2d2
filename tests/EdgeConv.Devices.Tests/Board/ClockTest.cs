using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class ClockTest
{
    private const string Policies = "sys/devices/system/cpu/cpufreq";

    [Theory]
    [InlineData("729600/1510400 1510400/1984000", 729600000L, 1510400000L)]
    [InlineData("1510400/1984000 729600/1510400", 729600000L, 1510400000L)]
    [InlineData("<unknown>/1510400 1200000/1984000", 1200000000L, 1984000000L)]
    [InlineData("1200000/", 1200000000L, null)]
    [InlineData("0/1510400", null, null)]
    [InlineData("-1/1510400", null, null)]
    public void The_slowest_group_that_tells_its_clock_counts(string policies, long? hertz, long? limit)
    {
        using FakeBoard fake = new("empty");
        string[] groups = policies.Split(' ');
        for (int i = 0; i < groups.Length; i++)
        {
            string folder = Directory.CreateDirectory(fake.PathOf($"{Policies}/policy{i * 4}")).FullName;
            File.WriteAllText(Path.Combine(folder, "scaling_cur_freq"), groups[i].Split('/')[0]);
            File.WriteAllText(Path.Combine(folder, "scaling_max_freq"), groups[i].Split('/')[1]);
        }

        BoardReading reading = new Devices.Board.Board(fake.Root, new ManualTime()).Read();
        Assert.Equal((hertz, limit), (reading.ClockHertz, reading.ClockLimitHertz));
    }
}
