using Xunit;

namespace EdgeConv.Core.Tests;

public sealed unsafe class TensorTest
{
    [Fact]
    public void Owned_memory_is_aligned_and_zeroed()
    {
        using Tensor tensor = new(DataType.Float32, new Shape(3, 5));
        Assert.Equal(0, (nint)tensor.Data % Tensor.Alignment);
        Assert.All(tensor.AsSpan<float>().ToArray(), x => Assert.Equal(0, x));
    }

    [Fact]
    public void Reading_it_as_another_type_is_refused()
    {
        using Tensor tensor = new(DataType.Int64, new Shape(2));
        Assert.Throws<InvalidOperationException>(() => tensor.AsSpan<float>());
    }

    [Fact]
    public void It_cannot_grow_past_its_memory()
    {
        using Tensor tensor = new(DataType.Float32, new Shape(4));
        tensor.Reshape(new Shape(1, 3));
        tensor.Reshape(new Shape(2, 2));
        Assert.Throws<ArgumentException>(() => tensor.Reshape(new Shape(5)));
    }

    [Fact]
    public void A_disposed_tensor_cannot_be_read()
    {
        Tensor tensor = new(DataType.Float32, new Shape(4));
        tensor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tensor.AsSpan<float>());
    }
}
