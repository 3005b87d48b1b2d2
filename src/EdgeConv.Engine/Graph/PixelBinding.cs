using EdgeConv.Core;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Graph;

/// <summary>Lets a session take bytes in place of the floats of its picture.</summary>
internal static class PixelBinding
{
    /// <summary>
    /// Makes bytes <c>[N,H,W,C]</c> of the only input and puts a node behind it that normalises them, if the
    /// input is a picture of floats that <paramref name="pixels"/> fits; otherwise leaves the graph as it is.
    /// </summary>
    /// <param name="graph">Its inputs have types and shapes.</param>
    /// <param name="pixels">What to do to the bytes.</param>
    public static void Bind(ModelGraph graph, PixelInput pixels)
    {
        GraphInput[] inputs = [.. graph.Inputs.Where(input => !input.Value.IsConstant)];
        if (inputs is not [{ Type: DataType.Float32, Value: { } bytes }]
            || PictureShape.Of(bytes.Shape!) is not { } picture || !pixels.Fits(picture.Channels))
        {
            return;
        }

        Value floats = new(bytes.Name + " as floats");
        foreach (Node node in graph.Nodes)
            node.Inputs.AsSpan().Replace(bytes, floats);
        graph.Outputs.AsSpan().Replace(bytes, floats);
        bytes.Type = DataType.UInt8;
        bytes.Shape = new Shape(picture.Batch, picture.Height, picture.Width, picture.Channels);
        graph.Nodes.Insert(0, NormalizePixels.Make(
            $"pixels of {bytes.Name}", graph.ModelName, bytes, floats, new(pixels, picture.IsPlanar)));
    }
}
