using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Commands;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class ConfidenceOptionTest
{
    [Theory]
    [InlineData("", 0.05, true)]
    [InlineData("--confidence 0.95", 0.05, false)]
    [InlineData("--confidence 0.999", 0.001, false)]
    [InlineData("--confidence average", null, false)]
    [InlineData("--delta 0.2", 0.2, false)]
    public void A_confidence_is_asked_for_by_default_and_required_when_named(
        string arguments, double? delta, bool isOptional) =>
        Assert.Equal((delta, isOptional), Parse(arguments));

    [Theory]
    [InlineData("--confidence 95", "--confidence '95': is neither a number between 0 and 1")]
    [InlineData("--confidence 1", "--confidence '1': is neither")]
    [InlineData("--confidence often", "--confidence 'often': is neither")]
    [InlineData("--confidence 0.9 --delta 0.1", "--delta: says the same as --confidence; give one of them")]
    public void Anything_else_is_refused(string arguments, string problem) =>
        Assert.StartsWith(
            problem, Assert.Throws<ConfigError>(() => Parse(arguments)).Message, StringComparison.Ordinal);

    private static (double?, bool) Parse(string arguments)
    {
        ConfidenceOption option = new();
        Command command = new("fit");
        option.AddTo(command);
        return option.Parse(command.Parse(arguments));
    }
}
