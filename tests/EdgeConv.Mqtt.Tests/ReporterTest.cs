namespace EdgeConv.Mqtt.Tests;

public sealed class ReporterTest
{
    [Fact]
    public void A_problem_is_said_once_until_the_next_connection()
    {
        List<string> said = [];
        Reporter reporter = new(status => said.Add(status.Message), TimeProvider.System);
        reporter.Report(MqttState.Unreachable, "a");
        reporter.Report(MqttState.Refused, "b");
        reporter.Report(MqttState.Unreachable, "a");
        reporter.Report(MqttState.Connected, "c");
        reporter.Report(MqttState.Unreachable, "a");
        Assert.Equal(["a", "b", "c", "a"], said);
        Assert.Equal("a", reporter.LastProblem);
    }
}
