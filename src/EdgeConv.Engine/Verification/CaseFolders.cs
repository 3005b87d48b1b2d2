using EdgeConv.Core;

namespace EdgeConv.Engine.Verification;

/// <summary>Finds folders in the layout of ONNX's backend tests.</summary>
public static class CaseFolders
{
    /// <summary>The model file of a case.</summary>
    public const string ModelFile = "model.onnx";

    private const int LargestList = 1 << 24;

    /// <summary>
    /// The cases in or below <paramref name="path"/>: folders that hold a <c>model.onnx</c>, sorted by path.
    /// </summary>
    /// <exception cref="DataError">There is no such folder, or no case in it.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (File.Exists(path))
            throw new DataError(
                path, "is a file; a folder that holds model.onnx and test_data_set_0 is needed");
        if (!Directory.Exists(path))
            throw new DataError(path, "no such folder; it must hold model.onnx and test_data_set_0");
        string[] folders = FoldersBelow(path);
        return folders.Length > 0
            ? folders
            : throw new DataError(path, "holds no model.onnx, nor any folder below");
    }

    private static string[] FoldersBelow(string path)
    {
        try
        {
            return [.. Directory.EnumerateFiles(path, ModelFile, SearchOption.AllDirectories)
                .Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal)];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataError(path, $"cannot be searched ({problem.Message})", problem);
        }
    }

    /// <summary>
    /// The cases that a text file names, one folder relative to <paramref name="root"/> a line.
    /// </summary>
    /// <remarks>Empty lines and lines that start with # are skipped.</remarks>
    /// <exception cref="DataError">The list cannot be read or names a folder that is not there.</exception>
    public static IReadOnlyList<string> FromList(string list, string root)
    {
        string[] names =
            [.. ReadLines(list).Select(line => line.Trim()).Where(line => line is not ("" or ['#', ..]))];
        string[] folders = [.. names.Select(name => Path.Combine(root, name))];
        int missing = Array.FindIndex(folders, folder => !File.Exists(Path.Combine(folder, ModelFile)));
        return missing < 0
            ? folders
            : throw new DataError(
                list, $"names '{names[missing]}', there is no {folders[missing]}/{ModelFile}");
    }

    private static string[] ReadLines(string list)
    {
        try
        {
            return BoundedFile.ReadText(list, list, LargestList).Split('\n');
        }
        catch (ConfigError problem)
        {
            throw new DataError(problem.Place, problem.Problem, problem);
        }
    }
}
