using EdgeConv.Core;
using EdgeConv.Engine.Operators;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class SteadyStateTest
{
    [Fact]
    public void Running_again_allocates_nothing()
    {
        using Tensor x = Run.Random(1, 1, 4, 6, 8);
        using Tensor w = Run.Random(2, 4, 2, 2, 2);
        using Tensor a = Run.Random(3, 3, 8);
        using Tensor b = Run.Random(4, 8, 5);
        using Tensor bytes = Run.RandomBytes(5, DataType.UInt8, 1, 4, 6, 8);
        using Tensor filters = Run.RandomBytes(6, DataType.UInt8, 2, 4, 3, 3);
        (string, object)[] window =
            [("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("auto_pad", "SAME_UPPER")];
        Check("MaxPool", [x], window);
        Check("AveragePool", [x], window);
        Check("GlobalAveragePool", [x]);
        Check("ConvTranspose", [x, w], ("strides", new long[] { 2, 2 }));
        Check("ConvInteger", [bytes, filters]);
        Check("Gemm", [a, b]);
        Check("MatMul", [a, b]);
        Check("Resize", [x, null, Run.Floats([4], 1, 1, 2, 2)]);
        Check("Resize", [x, null, Run.Floats([4], 1, 1, 2, 2)], ("mode", "linear"));
        Check("Transpose", [x], ("perm", new long[] { 0, 2, 3, 1 }));
        Check("Concat", [x, x], ("axis", 1L));
        Check("Gather", [x, Run.Ints(1, 0)], ("axis", 2L));
        Check("Pad", [x, Run.Ints(0, 0, 1, 1, 0, 0, 1, 1)]);
        Check("Pad", [x, Run.Ints(0, 0, 1, 1, 0, 0, 1, 1)], ("mode", "reflect"));
        Check("Slice", [x, Run.Ints(1), Run.Ints(3), Run.Ints(2)]);
        Check("TopK", [x, Run.Ints(2)]);
        Check("NonMaxSuppression",
            [Run.Random(7, 1, 9, 4), Run.Random(8, 1, 2, 9), Run.Ints(5), Run.Floats([], 0.5f)]);
    }

    private static void Check(string name, Tensor?[] inputs, params (string Name, object Value)[] attributes)
    {
        Operator made = Run.Make(name, 13, 1, inputs, attributes);
        Tensor[] outputs =
            [.. made.Infer(new InferenceContext(made.Node)).Select(type => new Tensor(type.Type, type.Shape))];
        Run.Execute(made, inputs, outputs);
        PrepareContext prepare = new(made.Node, 1);
        made.Prepare(prepare);
        using Tensor scratch = new(DataType.UInt8, new Shape((int)prepare.ScratchBytes));
        unsafe
        {
            made.Scratch = scratch.Data;
        }

        long allocated = Allocation.Least(() => made.Run(inputs, outputs));
        Assert.True(allocated == 0, $"{name} allocates {allocated} bytes while running");
    }
}
