using Xunit;

namespace EdgeConv.Core.Tests;

public sealed class EdgeConvErrorTest
{
    [Fact]
    public void The_message_is_one_line_whatever_a_file_puts_into_it()
    {
        ModelError error = new("a\nb.onnx", "found\r\n'\u001b[31m'");
        Assert.Equal("a b.onnx: found  ' [31m'", error.Message);
    }
}
