using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Core;

/// <summary>Who may do what with a file.</summary>
/// <param name="Mode">Permission bits.</param>
/// <param name="User">Its owner's id.</param>
/// <param name="Group">Its group's id.</param>
public readonly partial record struct FilePermissions(UnixFileMode Mode, uint User, uint Group)
{
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Those of what a path names, behind all links; null when nothing is there.</summary>
    public static FilePermissions? Of(string path) => FileStatus.Of(path)?.Permissions;

    /// <summary>
    /// Gives an open file the same, as far as this process may: only root gives files away, and others only to
    /// a group that they are in.
    /// </summary>
    /// <exception cref="IOException">The mode cannot be changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is another user's.</exception>
    public void GiveTo(SafeFileHandle file)
    {
        if (ChangeOwner(file, User, Group) != 0)
            _ = ChangeOwner(file, Unchanged, Group);
        // A change of owner clears bits of the mode.
        File.SetUnixFileMode(file, Mode);
    }

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);
}
