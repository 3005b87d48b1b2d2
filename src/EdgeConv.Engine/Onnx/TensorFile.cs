using EdgeConv.Core;
using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;

namespace EdgeConv.Engine.Onnx;

/// <summary>
/// A file that holds one tensor in ONNX form, as <c>input_0.pb</c> of the ONNX backend tests.
/// </summary>
public static class TensorFile
{
    /// <summary>Reads the file. The caller owns the tensor.</summary>
    /// <returns>The tensor and the name it has in the file, which may be empty.</returns>
    /// <exception cref="DataError">
    /// The file is missing, broken, or holds elements of a type that we do not.
    /// </exception>
    public static (string Name, Tensor Tensor) Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(ModelFile.ReadAll(path), path);
        }
        catch (ModelError error)
        {
            throw new DataError(path, error.Problem, error);
        }
    }

    private static (string Name, Tensor Tensor) Parse(ReadOnlySpan<byte> file, string path)
    {
        try
        {
            TensorProto proto = TensorProto.Parser.WithDiscardUnknownFields(true).ParseFrom(file);
            return (proto.Name, TensorReader.Read(proto, path));
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new DataError(path, $"broken or no ONNX tensor ({error.Message.TrimEnd('.')})", error);
        }
    }
}
