using EdgeConv.Core;
using Microsoft.ML.OnnxRuntime;

namespace EdgeConv.OnnxRuntime;

/// <summary>Our tensors as the library's values, over the same memory.</summary>
internal static unsafe class OrtMemory
{
    /// <summary>A value over the memory of <paramref name="tensor"/>, which must outlive it.</summary>
    public static OrtValue Wrap(Tensor tensor)
    {
        long[] shape = [.. tensor.Shape.Dimensions.ToArray().Select(d => (long)d)];
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            OrtTypes.To(tensor.Type),
            shape,
            (nint)tensor.Data,
            tensor.ByteLength);
    }
}
