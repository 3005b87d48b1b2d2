using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Tests.PlanCache;
using Xunit;

namespace EdgeConv.Engine.Tests.Onnx;

public sealed class FileSourceTest : IDisposable
{
    private readonly SeparableModel _net = new();

    public void Dispose() => _net.Dispose();

    // As programs do that know nothing of locks.
    private FileStream OpenToWrite() => new(_net.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    [Fact]
    public void A_file_cut_short_while_it_is_read_is_a_model_error()
    {
        OnnxModel model = OnnxReader.Read(_net.Path);
        using (FileStream file = OpenToWrite())
            file.SetLength(2000);
        ModelError error = Assert.Throws<ModelError>(
            () => EngineSessionFactory.Load(model, SeparableModel.Sized(32, 32)));
        Assert.Equal($"{_net.Path}: has become shorter while it was read", error.Message);
    }

    [Fact]
    public void A_file_written_to_while_it_is_read_is_a_model_error()
    {
        OnnxModel model = OnnxReader.Read(_net.Path);
        using (FileStream file = OpenToWrite())
        {
            file.Position = 2000;
            file.WriteByte(7);
        }

        File.SetLastWriteTimeUtc(_net.Path, DateTime.UtcNow.AddSeconds(5));
        ModelError error = Assert.Throws<ModelError>(
            () => EngineSessionFactory.Load(model, SeparableModel.Sized(32, 32)));
        Assert.Equal($"{_net.Path}: was written to while it was read", error.Message);
    }

    [Fact]
    public void Large_constants_stay_in_the_file_until_they_are_asked_for()
    {
        OnnxModel model = OnnxReader.Read(_net.Path);
        Tensor[] constants = [.. model.Graph.Nodes.SelectMany(node => node.Inputs)
            .Select(input => input?.Constant).OfType<Tensor>()];
        Assert.Contains(constants, tensor => tensor.IsPending);
        Assert.All(constants, tensor => Assert.Equal(tensor.ByteLength >= 4096, tensor.IsPending));
        using ISession session = EngineSessionFactory.Load(model, SeparableModel.Sized(32, 32));
    }
}
