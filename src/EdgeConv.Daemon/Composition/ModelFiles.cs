using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Composition;

/// <summary>Facts about model files that need no engine.</summary>
internal static class ModelFiles
{
    /// <summary>
    /// Requires that model and fingerprint are regular files: opening a pipe would wait for its writer.
    /// </summary>
    /// <exception cref="EdgeConvError">
    /// Names the one that is a folder, a pipe, a device, or not there.
    /// </exception>
    public static void Require(MemberOptions member)
    {
        RequireModel(member.Path);
        if (member.Fingerprint is not null && BoundedFile.WhyNoFile(member.Fingerprint) is { } noFingerprint)
            throw new FingerprintError(member.Fingerprint, noFingerprint);
    }

    /// <summary>Name and hash of a model file.</summary>
    /// <exception cref="ModelError">It is no regular file, or cannot be read.</exception>
    public static ModelIdentity IdentityOf(string path)
    {
        RequireModel(path);
        try
        {
            return new ModelIdentity(Path.GetFileNameWithoutExtension(path), path, FileHashes.Of(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelError(path, $"cannot be read: {error.Message}", error);
        }
    }

    private static void RequireModel(string path)
    {
        if (BoundedFile.WhyNoFile(path) is { } problem)
            throw new ModelError(path, problem);
    }
}
