using CsCheck;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests;

public sealed class FolderWatchTest
{
    [Fact]
    public void Devices_that_are_numbered_anew_in_any_order_are_noticed_and_others_are_not()
    {
        Gen.Int[2, 12].SelectMany(count => Gen.Shuffle(Enumerable.Range(0, count).ToArray())).Holds(numbers =>
        {
            using TempFolder folder = new();
            for (int i = 0; i < numbers.Length; i++)
                Directory.CreateDirectory(folder.PathOf($"hwmon/hwmon{i}"));
            FolderWatch watch = new SysRoot(folder.Root).Watch("hwmon");
            Assert.True(watch.HasChanged());
            Assert.False(watch.HasChanged());
            for (int i = 0; i < numbers.Length; i++)
                Directory.Move(folder.PathOf($"hwmon/hwmon{i}"), folder.PathOf($"hwmon/away{numbers[i]}"));
            for (int i = 0; i < numbers.Length; i++)
                Directory.Move(folder.PathOf($"hwmon/away{i}"), folder.PathOf($"hwmon/hwmon{i}"));
            bool isSame = numbers.SequenceEqual(Enumerable.Range(0, numbers.Length));
            Assert.Equal(!isSame, watch.HasChanged());
        }, 200);
    }

    [Fact]
    public void A_device_that_comes_or_goes_is_noticed_once()
    {
        using TempFolder folder = new();
        FolderWatch watch = new SysRoot(folder.Root).Watch("hwmon");
        Assert.True(watch.HasChanged());
        Assert.False(watch.HasChanged());
        Directory.CreateDirectory(folder.PathOf("hwmon/hwmon0"));
        Assert.True(watch.HasChanged());
        Assert.False(watch.HasChanged());
        Directory.Delete(folder.PathOf("hwmon/hwmon0"));
        Assert.True(watch.HasChanged());
        Assert.False(watch.HasChanged());
    }
}
