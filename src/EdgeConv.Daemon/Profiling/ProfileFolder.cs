using EdgeConv.Gating;

namespace EdgeConv.Daemon.Profiling;

/// <summary>
/// A folder of <c>*.ecprofile</c> files, beside the plans, which spare a start measuring what each operating
/// point takes. What is there and of no use is measured anew.
/// </summary>
/// <param name="folder">Made when it is not there.</param>
/// <param name="notice">Told, in one line, of a profile that is of no use or cannot be written.</param>
internal sealed class ProfileFolder(string folder, Action<string> notice)
{
    /// <summary>The figures of a point; null when there are none that hold.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="key">What they must hold for.</param>
    public PointFigures? Read(string model, ProfileKey key)
    {
        string path = PathOf(model, key);
        try
        {
            if (!File.Exists(path))
                return null;
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[ProfileFile.MostBytes];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return ProfileFile.Read(bytes.AsSpan(0, length), key);
        }
        catch (Exception problem)
            when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            notice($"{path}: {problem.Message}; it is measured anew");
            return null;
        }
    }

    /// <summary>Keeps the figures of a point: a reader sees those before or the new ones.</summary>
    public void Write(string model, ProfileKey key, PointFigures figures)
    {
        string path = PathOf(model, key);
        try
        {
            Directory.CreateDirectory(folder);
            TemporaryFile.Replace(path, ProfileFile.Write(key, figures));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            notice($"{path}: cannot be written ({problem.Message}); the next start measures anew");
        }
    }

    private string PathOf(string model, ProfileKey key) => Path.Combine(folder, key.FileName(model));
}
