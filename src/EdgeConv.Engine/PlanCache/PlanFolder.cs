using System.Globalization;
using System.Text;
using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Engine.PlanCache;

/// <summary>
/// A folder of <c>*.ecplan</c> files, which spare a session reading and packing the weights of its model, and
/// hashing the file, as long as all is as it was. What is there and of no use is made anew.
/// </summary>
/// <param name="folder">Made when it is not there.</param>
/// <param name="notice">Told, in one line, of a plan that is of no use or cannot be written.</param>
public sealed class PlanFolder(string folder, Action<string> notice)
{
    private const UnixFileMode Access = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where the plan of a model and its options is kept.</summary>
    public string PathOf(string model, SessionOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(options);
        StringBuilder key = new(Path.GetFullPath(model));
        foreach ((string name, Shape shape) in options.InputShapes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            key.Append(CultureInfo.InvariantCulture, $"\n{name}={shape}");
        foreach ((string name, Tensor value) in options.BoundInputs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            key.Append(CultureInfo.InvariantCulture, $"\n{name} is {Xxh64.Hash(value.AsBytes()):x16}");
        key.AppendJoin('\n', options.Taps);
        foreach (string map in options.Maps)
            key.Append(CultureInfo.InvariantCulture, $"\nmap {map}");
        // Normalisation that is part of the model is folded into the weights of floats only.
        if (options.Pixels is not null)
            key.Append("\npixels");
        ulong hash = Xxh64.Hash(Encoding.UTF8.GetBytes(key.ToString()));
        string name16 = hash.ToString("x16", CultureInfo.InvariantCulture);
        return Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(model)}-{name16}.ecplan");
    }

    /// <summary>Reads the weights of a plan, if it is there and holds.</summary>
    /// <returns>The SHA-256 of the model; null when there is no such plan.</returns>
    internal string? Read(string plan, PlanKey key, WeightStore store)
    {
        try
        {
            if (!File.Exists(plan))
                return null;
            using SafeFileHandle file = File.OpenHandle(plan, share: FileShare.ReadWrite | FileShare.Delete);
            return PlanFile.Read(file, key, store);
        }
        catch (Exception problem)
            when (problem is InvalidDataException or IOException or UnauthorizedAccessException
                or OutOfMemoryException)
        {
            notice($"{plan}: {problem.Message}; it is made anew");
            return null;
        }
    }

    /// <summary>
    /// Writes a plan: a reader sees the one before or the whole new one, also after the power fails.
    /// </summary>
    internal void Write(string plan, PlanKey key, string hash, WeightStore store)
    {
        string unfinished = $"{plan}.{Environment.ProcessId}.new";
        try
        {
            Directory.CreateDirectory(folder);
            using (FileStream file = new(unfinished, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = Access,
            }))
            {
                PlanFile.Write(file, key, hash, store);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, plan, overwrite: true);
            RemoveAbandoned(plan);
        }
        catch (Exception problem)
            when (problem is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            notice($"{plan}: cannot be written ({problem.Message}); the next start takes as long as this one");
            Remove(unfinished);
        }
    }

    // What a process that was killed has left behind; one at work takes seconds.
    private void RemoveAbandoned(string plan)
    {
        DateTime old = DateTime.UtcNow - TimeSpan.FromHours(1);
        foreach (string file in Directory.EnumerateFiles(folder, $"{Path.GetFileName(plan)}.*.new"))
        {
            if (File.GetLastWriteTimeUtc(file) < old)
                Remove(file);
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Left over where nothing can be removed; its name is used again.
        }
    }
}
