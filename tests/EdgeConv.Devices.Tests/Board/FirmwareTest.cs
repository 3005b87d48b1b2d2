using System.Runtime.InteropServices;
using System.Text;
using EdgeConv.Devices.Firmware;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class FirmwareTest
{
    // {28 bytes, request, tag 0x00030046, 4 value bytes, 0, value 0: clear nothing, end}: the wiki page
    // "Mailbox property interface" of raspberrypi/firmware.
    private static readonly uint[] ThrottledRequest = [28, 0, 0x00030046, 4, 0, 0, 0];

    [Theory]
    [InlineData(0x0u, Throttling.None)]
    [InlineData(0x50005u, Throttling.UnderVoltage | Throttling.Throttled |
        Throttling.UnderVoltageSinceBoot | Throttling.ThrottledSinceBoot)]
    [InlineData(0xE0008u, Throttling.SoftTemperatureLimit | Throttling.FrequencyCappedSinceBoot |
        Throttling.ThrottledSinceBoot | Throttling.SoftTemperatureLimitSinceBoot)]
    [InlineData(0xFFF0FFF2u, Throttling.FrequencyCapped)]
    public void The_throttle_word_is_asked_for_without_clearing_it_and_read_by_its_bits(
        uint word, Throttling expected)
    {
        ScriptedMailbox mailbox = new();
        mailbox.Then(message => (message[1], message[4], message[5]) = (0x80000000, 0x80000004, word));
        Assert.Equal(expected, new RaspberryPi(mailbox).Throttling());
        Assert.Equal(ThrottledRequest, mailbox.Requests.Single());
    }

    [Theory]
    [InlineData(0x80000001u, 0x80000004u)]
    [InlineData(0u, 0u)]
    // Firmware that does not know a tag leaves it as it was, and the 0 in it would mean "all is well".
    [InlineData(0x80000000u, 0u)]
    public void A_message_that_the_firmware_has_not_understood_is_no_value(uint message1, uint message4)
    {
        ScriptedMailbox mailbox = new();
        mailbox.Then(message => (message[1], message[4]) = (message1, message4));
        Assert.Null(new RaspberryPi(mailbox).Throttling());
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-13, true)]
    [InlineData(-110, false)]
    public void A_mailbox_that_cannot_be_used_is_no_value_and_tells_whether_it_may_not(int errno, bool isDenied)
    {
        RaspberryPi firmware = new(new ScriptedMailbox { Status = errno });
        Assert.Null(firmware.Throttling());
        Assert.Equal(isDenied, firmware.IsDenied);
    }

    [Fact]
    public void A_command_is_asked_as_vcgencmd_asks_it()
    {
        ScriptedMailbox mailbox = new();
        mailbox.ThenPrint("VDD_CORE_A current(7)=2.0A\n");
        Assert.Equal("VDD_CORE_A current(7)=2.0A\n",
            Encoding.UTF8.GetString(new RaspberryPi(mailbox).Answer("pmic_read_adc"u8)));
        // raspberrypi/utils, vcgencmd.c: 263 words, of which 256 are text.
        uint[] request = mailbox.Requests.Single();
        Assert.Equal([1052, 0, 0x00030080, 1024, 0, 0], request[..6]);
        Assert.Equal("pmic_read_adc\0\0\0", Encoding.ASCII.GetString(Bytes(request[6..10])));
        Assert.All(request[10..], word => Assert.Equal(0u, word));
        Assert.Equal(263, request.Length);
    }

    [Fact]
    public void Firmware_that_refuses_the_command_is_not_asked_again_one_that_is_busy_is()
    {
        using FakeBoard fake = new("empty");
        ScriptedMailbox mailbox = new() { Status = -110 };
        Devices.Board.Board board = new(fake.Root, new ManualTime(), new RaspberryPi(mailbox));
        Assert.Null(board.Read().PowerWatts);
        mailbox.Status = 0;
        mailbox.ThenPrint("A_A current(0)=2.00A\nA_V volt(1)=1.50V\n");
        mailbox.Then(_ => { });
        BoardReading reading = board.Read();
        Assert.Equal((3, PowerSource.Pmic), (reading.PowerWatts, reading.PowerSource));
        mailbox.Then(message => (message[1], message[5]) = (0x80000000, 1));
        mailbox.Then(_ => { });
        Assert.Null(board.Read().PowerWatts);
        int asked = mailbox.Requests.Count(request => request[2] == RaspberryPi.CommandTag);
        Assert.Null(board.Read().PowerWatts);
        Assert.Equal(asked, mailbox.Requests.Count(request => request[2] == RaspberryPi.CommandTag));
    }

    [Fact]
    public void The_rails_of_a_Raspberry_Pi_5_add_up()
    {
        using FakeBoard fake = new("raspberry-pi-5");
        fake.Remove("hwmon/hwmon3");
        BoardReading reading = new Devices.Board.Board(fake.Root, new ManualTime()).Read();
        Assert.Equal(PowerSource.Pmic, reading.PowerSource);
        // Volts times amperes of dev/vcio's twelve rails, added up with another program.
        Assert.Equal(2.9956222981, reading.PowerWatts!.Value, 1e-9);
    }

    [Theory]
    [InlineData("A_A current(0)=2.0A\nA_V volt(1)=1.5V", 3.0)]
    [InlineData("  A_V volt(1)=1.5V\n  A_A current(0)=2.0A\n\n", 3.0)]
    [InlineData("A_A current(0)=2.0A\nA_V volt(1)=1.5V\nEXT5V_V volt(24)=5.1V\n", 3.0)]
    [InlineData("A_A current(0)=2.0A\n", null)]
    [InlineData("A_A current(0)=2.0A\nA_V volt(1)=1.5V\nB_A current(2)=1.0A\n", null)]
    [InlineData("A_A current(0)=2.0A\nA_V volt(1)=1.5V\nB_A curr", null)]
    [InlineData("A_A current(0)=2.0V\nA_V volt(1)=1.5V\n", null)]
    [InlineData("A_A current(0)=nanA\nA_V volt(1)=1.5V\n", null)]
    [InlineData("A_A current(0)=-2.0A\nA_V volt(1)=1.5V\n", null)]
    [InlineData("A_A current(0)=2.0xA\nA_V volt(1)=1.5V\n", null)]
    [InlineData("A_A current(0)=1e9A\nA_V volt(1)=1.5V\n", null)]
    [InlineData("error=1 error_msg=\"Command not registered\"", null)]
    [InlineData("pmic_read_adc", null)]
    [InlineData("", null)]
    public void Rails_are_volts_times_amperes_and_a_damaged_answer_is_no_value(string text, double? watts)
    {
        ScriptedMailbox mailbox = new();
        mailbox.ThenPrint(text);
        using FakeBoard fake = new("empty");
        Devices.Board.Board board = new(fake.Root, new ManualTime(), new RaspberryPi(mailbox));
        Assert.Equal(watts, board.Read().PowerWatts);
    }

    [Fact]
    public void An_answer_without_an_end_is_no_value()
    {
        ScriptedMailbox mailbox = new();
        mailbox.Then(message =>
        {
            message.AsSpan(5).Fill(0x41414141);
            (message[1], message[5]) = (0x80000000, 0);
        });
        Assert.True(new RaspberryPi(mailbox).Answer("pmic_read_adc"u8).IsEmpty);
    }

    private static byte[] Bytes(uint[] words) => MemoryMarshal.AsBytes<uint>(words).ToArray();
}
