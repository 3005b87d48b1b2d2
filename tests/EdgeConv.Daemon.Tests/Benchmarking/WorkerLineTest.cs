using CsCheck;
using EdgeConv.Daemon.Benchmarking;
using Xunit;

namespace EdgeConv.Daemon.Tests.Benchmarking;

public sealed class WorkerLineTest
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        WorkerLine[] lines =
        [
            new WorkerLine.Notice("m.onnx: runs on onnxruntime instead"),
            new WorkerLine.Refused("m.onnx: is empty"),
            new WorkerLine.Ready("edgeconv", 300, 0, "a model with spaces"),
        ];
        Assert.All(lines, line => Assert.Equal(line, WorkerLine.Parse(line.ToString())));
    }

    [Fact]
    public void Times_of_any_length_are_read_again() => Gen.Long[0, long.MaxValue].Array[4, 50].Sample(numbers =>
    {
        WorkerLine.Times written = new(numbers[0], numbers[1], numbers[2], numbers[3..]);
        WorkerLine.Times read = Assert.IsType<WorkerLine.Times>(WorkerLine.Parse(written.ToString()));
        Assert.Equal(written.Nanoseconds, read.Nanoseconds);
        Assert.Equal(written with { Nanoseconds = read.Nanoseconds }, read);
    }, seed: "0000KMeGvPY1", iter: 200);

    [Fact]
    public void A_text_of_several_lines_becomes_one() =>
        Assert.Equal("refused a b", new WorkerLine.Refused("a\nb").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("ready")]
    [InlineData("ready edgeconv 1 2")]
    [InlineData("ready edgeconv one 2 m")]
    [InlineData("times 1 2 3")]
    [InlineData("times 1 2 3 -4")]
    [InlineData("times 1 2 3 4.5")]
    [InlineData("times 1 2 3 4 ")]
    [InlineData("hello times 1 2 3 4")]
    public void Anything_else_is_no_line(string text) => Assert.Null(WorkerLine.Parse(text));
}
