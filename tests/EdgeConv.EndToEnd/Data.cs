using EdgeConv.Testing;

namespace EdgeConv.EndToEnd;

/// <summary>Pictures, recordings and cases of others, restored by build.sh.</summary>
public static class Data
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("EDGECONV_DATA") ?? "";

    public static string OnnxCases { get; } =
        Environment.GetEnvironmentVariable("EDGECONV_ONNX_TESTDATA") ?? "/usr/share/libonnx-testdata/data";

    public static bool HasDemo => File.Exists(Path.Combine(Folder, "fashion", "t10k-images-idx3-ubyte.gz")) &&
        File.Exists(Path.Combine(Folder, "heart", "ecg.dat")) &&
        File.Exists(Path.Combine(Folder, "digits", "digits.csv.gz"));

    public static bool HasFaces => File.Exists(Path.Combine(Folder, "faces", "blazeface-128.onnx")) &&
        File.Exists(Path.Combine(Folder, "pictures", "astronaut.png"));

    public static bool HasOnnxCases => Directory.Exists(Path.Combine(OnnxCases, "node"));

    public static string ConformanceList => Repository.PathOf("tests", "EdgeConv.Conformance", "onnx-conformance.txt");

    public static string Models => Repository.PathOf("deploy", "models");
}
