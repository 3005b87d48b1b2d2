using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class ProcessorTest
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("0 0 0 0 0 0 0 0", "75 0 0 25 0 0 0 0", 0.75)]
    [InlineData("10 20 30 40 50 60 70 80 9 9", "10 20 30 140 50 60 70 80 99 99", 0)]
    [InlineData("1 1 1 1 1 1 1 1", "11 11 11 31 31 11 11 11", 0.6)]
    public void What_other_programs_keep_busy_is_told_of_a_second(string before, string after, double cores)
    {
        using FakeBoard fake = new("empty");
        Write(fake, $"cpu  {before}\ncpu0 1 2 3\n");
        Devices.Board.Board board = new(fake.Root, _time);
        Assert.Null(board.Read().OtherCores);
        Write(fake, $"cpu  {after}\n");
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Null(board.Read().OtherCores);
        _time.Advance(TimeSpan.FromSeconds(0.8));
        Assert.Equal(cores, board.Read().OtherCores);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu")]
    [InlineData("cpu  1 2 3")]
    [InlineData("cpu  1 2 3 -4 5 6 7 8")]
    [InlineData("cpu  a b c d e f g h")]
    [InlineData("cpu0 1 2 3 4 5 6 7 8")]
    [InlineData("cpu  0 0 0 0 0 0 0 0")]
    [InlineData("cpu  99999999999999999999 2 3 4 5 6 7 8")]
    public void What_cannot_be_is_not_told(string text)
    {
        using FakeBoard fake = new("empty");
        Write(fake, "cpu  1 1 1 1 1 1 1 1\n");
        Devices.Board.Board board = new(fake.Root, _time);
        board.Read();
        Write(fake, text);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(board.Read().OtherCores);
    }

    private static void Write(FakeBoard fake, string text)
    {
        Directory.CreateDirectory(fake.PathOf("proc"));
        File.WriteAllText(fake.PathOf("proc/stat"), text);
    }
}
