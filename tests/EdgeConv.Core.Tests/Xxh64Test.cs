using System.Text;
using Xunit;

namespace EdgeConv.Core.Tests;

public class Xxh64Test
{
    // Seed 0; from the reference implementation's `xxhsum -H1`.
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void Hashes_are_those_of_the_reference(string text, ulong hash) =>
        Assert.Equal(hash, Xxh64.Hash(Encoding.ASCII.GetBytes(text)));
}
