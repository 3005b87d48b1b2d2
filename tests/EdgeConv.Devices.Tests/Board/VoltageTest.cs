using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class VoltageTest
{
    private const string Regulators = "sys/class/regulator";

    [Theory]
    [InlineData("vdd-cpu=880000", 0.88)]
    [InlineData("VDD_CPU_GPU_CV=912000 vdd_cpu_big=850000", 0.85)]
    [InlineData("vdd_soc=750000 vdd_cpu=950000", 0.95)]
    [InlineData("vdd-5v0=5000000 vcc_3v3=3300000", null)]
    [InlineData("vdd_cpu=", null)]
    [InlineData("vdd_cpu=0", null)]
    [InlineData("vdd_cpu=-1", null)]
    [InlineData("vdd_cpu=5000000", null)]
    [InlineData("=900000", null)]
    public void The_regulator_that_is_named_after_the_cores_tells(string regulators, double? volts)
    {
        using FakeBoard fake = new("empty");
        foreach ((string regulator, int i) in regulators.Split(' ').Select((text, i) => (text, i)))
        {
            string folder = Directory.CreateDirectory(fake.PathOf($"{Regulators}/regulator.{i}")).FullName;
            string[] parts = regulator.Split('=');
            File.WriteAllText(Path.Combine(folder, "name"), parts[0] + "\n");
            File.WriteAllText(Path.Combine(folder, "microvolts"), parts[1] + "\n");
        }

        Assert.Equal(volts, new Devices.Board.Board(fake.Root, new ManualTime()).Read().CoreVolts);
    }
}
