using System.Diagnostics;
using System.Text.Json;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests.Inventory;

public sealed class DevicesCommandTest
{
    private static readonly string Boards = Repository.PathOf("tests", "EdgeConv.Devices.Tests", "Boards");

    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Boards).Select(folder => Path.GetFileName(folder))];

    public static bool CanDropCapabilities => Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv");

    [Theory]
    [MemberData(nameof(Names))]
    public void The_table_of_a_recorded_board_is_as_written_beside_it(string name)
    {
        string folder = Path.Combine(Boards, name);
        string expected = File.ReadAllText(Path.Combine(folder, "devices.txt"));
        Assert.Equal(expected, Success(folder, "devices").Replace(folder, "BOARD", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_holds_the_rows_of_the_table(string name)
    {
        string folder = Path.Combine(Boards, name);
        using JsonDocument json = JsonDocument.Parse(Success(folder, "devices", "--json"));
        Assert.Equal(folder, json.RootElement.GetProperty("sysroot").GetString());
        string[] table = File.ReadAllLines(Path.Combine(folder, "devices.txt"));
        JsonElement[] devices = [.. json.RootElement.GetProperty("devices").EnumerateArray()];
        // Two lines of headings and one of summary.
        Assert.Equal(table.Length - 3, devices.Length);
        foreach ((JsonElement device, string line) in devices.Zip(table[2..]))
        {
            Assert.StartsWith(device.GetProperty("kind").GetString()!, line, StringComparison.Ordinal);
            Assert.Contains(device.GetProperty("path").GetString()!, line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void This_machine_s_devices_are_listed()
    {
        (int status, string output, string errors) = CommandRun.Run("devices");
        Assert.Equal((0, ""), (status, errors));
        Assert.StartsWith("kind ", output, StringComparison.Ordinal);
    }

    [Fact(Skip = "only root can give up what lets it read everything", SkipUnless = nameof(CanDropCapabilities))]
    public void A_counter_that_belongs_to_another_is_named_with_the_missing_permission()
    {
        string folder = Directory.CreateTempSubdirectory("edgeconv-board-").FullName;
        string package = Path.Combine(folder, "sys", "class", "powercap", "intel-rapl:0");
        Directory.CreateDirectory(package);
        File.WriteAllText(Path.Combine(package, "name"), "package-0\n");
        string energy = Path.Combine(package, "energy_uj");
        File.WriteAllText(energy, "1000000\n");
        File.SetUnixFileMode(energy, UnixFileMode.UserRead);
        using (Process chown = Process.Start("chown", ["65534", energy]))
            chown.WaitForExit();
        (int status, string output, _) = CommandRun.Shell(
            $"export EDGECONV_SYSROOT='{folder}'; set -- \"$0\" \"$@\"; set -- /usr/bin/setpriv " +
            "--bounding-set=-dac_override,-dac_read_search --inh-caps=-all \"$@\"; exec \"$@\"", ["devices"]);
        Directory.Delete(folder, recursive: true);
        Assert.Equal(0, status);
        Assert.Contains($"permission missing: only root may read it; sudo chmod a+r {energy} ", output, StringComparison.Ordinal);
        Assert.EndsWith("1 devices, 1 without permission, see their notes\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/board", "devices", "", "edgeconv: EDGECONV_SYSROOT: there is no folder /no/such/board; ")]
    [InlineData("/", "devices", "--watch=-1", "edgeconv: --watch -1: 0..3600 seconds would be right")]
    [InlineData("/", "devices", "--watch=4000", "edgeconv: --watch 4000: 0..3600 seconds would be right")]
    public void A_mistake_is_one_line(string root, string command, string option, string expected)
    {
        string[] arguments = option.Length == 0 ? [command] : [command, option];
        (int status, string output, string errors) = CommandRun.Shell($"export EDGECONV_SYSROOT='{root}'", arguments);
        Assert.Equal((1, ""), (status, output));
        Assert.StartsWith(expected, Assert.Single(errors.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private static string Success(string folder, params string[] arguments)
    {
        (int status, string output, string errors) = CommandRun.Shell($"export EDGECONV_SYSROOT='{folder}'", arguments);
        Assert.Equal((0, ""), (status, errors));
        return output;
    }
}
