namespace EdgeConv.Devices.Tests;

public sealed class ProcessorModelTest : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgeconv-cpu").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void An_arm_board_is_told_by_its_device_tree_its_cores_part_and_its_greatest_clock()
    {
        Write("sys/firmware/devicetree/base/model", "Raspberry Pi 5 Model B Rev 1.0\0");
        Write("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\nCPU revision\t: 1\n");
        Write("sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq", "1800000\n");
        Write("sys/devices/system/cpu/cpufreq/policy4/cpuinfo_max_freq", "2400000\n");
        // What is allowed just now is not the hardware's.
        Write("sys/devices/system/cpu/cpufreq/policy4/scaling_max_freq", "600000\n");
        Assert.Equal("Raspberry Pi 5 Model B Rev 1.0, part 0xd0b, at most 2400 MHz", Describe());
    }

    [Fact]
    public void An_x64_machine_is_told_by_its_processor()
    {
        Write("proc/cpuinfo", "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC: 9R14\n");
        Assert.Equal("AMD EPYC: 9R14", Describe());
    }

    [Fact]
    public void Nothing_told_is_said() => Assert.Equal("unknown processor", Describe());

    private string Describe() => ProcessorModel.Describe(new SysRoot(_root));

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
