using System.Diagnostics;
using EdgeConv.Devices.Video.Streams;

namespace EdgeConv.Devices.Tests.Video.Streams;

public sealed class BondTest
{
    [Theory]
    [InlineData("/bin/true", true)]
    [InlineData("/bin/false", false)]
    [InlineData("/bin/absent", false)]
    public void A_setpriv_that_may_not_is_done_without(string setPriv, bool works) =>
        Assert.Equal(works, Bond.Works(setPriv));

    [Fact]
    public void Without_it_a_program_is_started_as_it_is()
    {
        Assert.Equal("ffmpeg -i x", Spoken(Bond.Command(null, "ffmpeg", ["-i", "x"])));
        Assert.Equal("/s --pdeathsig KILL -- ffmpeg -i x", Spoken(Bond.Command("/s", "ffmpeg", ["-i", "x"])));
    }

    private static string Spoken(ProcessStartInfo info) => string.Join(' ', [info.FileName, .. info.ArgumentList]);
}
