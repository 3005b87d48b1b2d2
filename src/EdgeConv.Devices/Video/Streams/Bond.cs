using System.ComponentModel;
using System.Diagnostics;

namespace EdgeConv.Devices.Video.Streams;

/// <summary>
/// What lets a program die with the thread that started it: util-linux's setpriv. It sets its capabilities whatever it is
/// asked for, which the filter of our unit forbids; there systemd ends what a service leaves behind.
/// </summary>
internal static class Bond
{
    private const string SetPriv = "/usr/bin/setpriv";
    private static readonly string[] s_options = ["--pdeathsig", "KILL", "--"];
    private static readonly Lazy<string?> s_setPriv = new(() => Works(SetPriv) ? SetPriv : null);

    /// <summary>The command that starts a program, bound to this thread where that can be.</summary>
    public static ProcessStartInfo Command(string program, IReadOnlyList<string> arguments) =>
        Command(s_setPriv.Value, program, arguments);

    /// <summary>As the other, by a setpriv that works, or null.</summary>
    internal static ProcessStartInfo Command(string? setPriv, string program, IReadOnlyList<string> arguments) =>
        setPriv is null ? new(program, arguments) : new(setPriv, [.. s_options, program, .. arguments]);

    /// <summary>Whether a setpriv is there and may do here what it must; runs it once.</summary>
    internal static bool Works(string setPriv)
    {
        ProcessStartInfo trial = Command(setPriv, "true", []);
        trial.RedirectStandardError = true;
        try
        {
            using Process process = Process.Start(trial)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
