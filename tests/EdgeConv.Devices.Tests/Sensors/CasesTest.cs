using EdgeConv.Devices.Tests.Sensors.Support;

namespace EdgeConv.Devices.Tests.Sensors;

/// <summary>Each folder of cases is a sensor and what is to be read of it.</summary>
public sealed class CasesTest
{
    public static TheoryData<string> Cases =>
        [.. Directory.GetDirectories(SensorCase.FolderOfAll).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_sensor_is_read_as_expected(string name)
    {
        using SensorCase one = new(name);
        Assert.Equal(one.Expected, one.Read());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Numbering_its_device_anew_changes_nothing(string name)
    {
        using SensorCase one = new(name);
        one.Renumber();
        Assert.Equal(one.Expected, one.Read().Replace("iio:device7", "iio:device0", StringComparison.Ordinal));
    }
}
