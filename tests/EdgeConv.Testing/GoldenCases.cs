using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeConv.Testing;

/// <summary>
/// The models of <c>deploy/models</c> with the inputs and outputs that their training scripts left beside them
/// (<c>golden/NAME.in.npy</c>, <c>golden/NAME.out.npy</c>; computed by PyTorch, see
/// <c>modelkit/export.py</c>), as cases in the layout of ONNX's backend tests.
/// </summary>
public static partial class GoldenCases
{
    /// <summary>How far a value may lie from the golden one: |a - b| ≤ 1e-4 + 1e-3·|b|.</summary>
    public const double RelativeTolerance = 1e-3;

    /// <inheritdoc cref="RelativeTolerance"/>
    public const double AbsoluteTolerance = 1e-4;

    private const int HeaderStart = 10;

    /// <summary>The model files, in order.</summary>
    public static IReadOnlyList<string> Models { get; } =
        [.. Directory.GetFiles(Repository.PathOf("deploy", "models"), "*.onnx", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)];

    /// <summary>Those whose layers stand in one line, so that <c>edgeconv scale</c> can scale them.</summary>
    public static IReadOnlyList<string> LinearModels { get; } =
        [.. Models.Where(path => Path.GetFileName(path) != Branching)];

    /// <summary>The one that joins pictures of several resolutions.</summary>
    public const string Branching = "wardrobe.onnx";

    /// <summary>Writes the case of a model into <paramref name="folder"/>, a data set for each golden input.</summary>
    /// <returns>How many data sets there are.</returns>
    public static int Write(string model, string folder)
    {
        string golden = Path.Combine(
            Path.GetDirectoryName(model)!, "golden", Path.GetFileNameWithoutExtension(model));
        Directory.CreateDirectory(folder);
        File.Copy(model, Path.Combine(folder, "model.onnx"));
        int inputs = WriteParts($"{golden}.in.npy", folder, "input_0.pb");
        int outputs = WriteParts($"{golden}.out.npy", folder, "output_0.pb");
        return inputs == outputs
            ? inputs
            : throw new InvalidDataException($"{golden}: {inputs} inputs, {outputs} outputs");
    }

    // The models take one sample a run: the first extent of the array counts the samples.
    private static int WriteParts(string path, string folder, string name)
    {
        byte[] file = File.ReadAllBytes(path);
        int data = HeaderStart + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        string header = Encoding.ASCII.GetString(file, HeaderStart, data - HeaderStart);
        if (!header.Contains("'<f4'", StringComparison.Ordinal) || header.Contains("True", StringComparison.Ordinal))
            throw new InvalidDataException($"{path}: must hold float32 in C order, is {header}");
        int[] shape = [.. Extents().Match(header).Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(extent => int.Parse(extent, CultureInfo.InvariantCulture))];
        int bytes = (file.Length - data) / shape[0];
        for (int i = 0; i < shape[0]; i++)
        {
            string set = Path.Combine(folder, $"test_data_set_{i}");
            Directory.CreateDirectory(set);
            File.WriteAllBytes(
                Path.Combine(set, name), TensorProto([1, .. shape[1..]], file.AsSpan(data + (i * bytes), bytes)));
        }

        return shape[0];
    }

    // onnx.TensorProto: dims = 1, data_type = 2 (1 is float32), raw_data = 9.
    private static byte[] TensorProto(int[] shape, ReadOnlySpan<byte> data)
    {
        using MemoryStream message = new();
        foreach (int extent in shape)
        {
            message.WriteByte(1 << 3);
            WriteVarint(message, extent);
        }

        message.Write([2 << 3, 1, (9 << 3) | 2]);
        WriteVarint(message, data.Length);
        message.Write(data);
        return message.ToArray();
    }

    private static void WriteVarint(MemoryStream message, int value)
    {
        for (; value >= 0x80; value >>= 7)
            message.WriteByte((byte)(value | 0x80));
        message.WriteByte((byte)value);
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex Extents();
}
