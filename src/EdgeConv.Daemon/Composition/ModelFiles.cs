using System.Security.Cryptography;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Composition;

/// <summary>Facts about model files that need no engine.</summary>
internal static class ModelFiles
{
    /// <summary>Name and hash of a model file.</summary>
    /// <exception cref="ModelError">The file cannot be read.</exception>
    public static ModelIdentity IdentityOf(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            string hash = Convert.ToHexStringLower(SHA256.HashData(file));
            return new ModelIdentity(Path.GetFileNameWithoutExtension(path), path, hash);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelError(path, $"cannot be read: {error.Message}", error);
        }
    }
}
