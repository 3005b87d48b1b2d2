using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public class ProcessorsTest
{
    [Fact]
    public void As_many_threads_as_processors_are_right_and_one_more_is_not()
    {
        int most = Environment.ProcessorCount;
        Processors.Require("threads", 1);
        Processors.Require("threads", most);
        foreach (int threads in (int[])[0, -1, most + 1, int.MaxValue])
        {
            ConfigError refused = Assert.Throws<ConfigError>(
                () => Processors.Require($"edgeconv.yaml:3: pipelines[0].threads {threads}", threads));
            Assert.StartsWith($"edgeconv.yaml:3: pipelines[0].threads {threads}: this machine has ", refused.Message);
            Assert.EndsWith(" would be right", refused.Message);
        }
    }
}
