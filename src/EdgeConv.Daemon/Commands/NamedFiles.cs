using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Commands;

/// <summary>Looks at the files that a configuration names before anything opens them.</summary>
internal static class NamedFiles
{
    /// <summary>Requires that a pipeline's models and fingerprints are regular files.</summary>
    /// <exception cref="EdgeConvError">
    /// Names the first that is a folder, a pipe, a device, or not there.
    /// </exception>
    public static void Require(PipelineOptions pipeline)
    {
        foreach (MemberOptions member in pipeline.Models)
        {
            if (BoundedFile.WhyNoFile(member.Path) is { } noModel)
                throw new ModelError(member.Path, noModel);
            if (member.Fingerprint is not null && BoundedFile.WhyNoFile(member.Fingerprint) is { } noFingerprint)
                throw new FingerprintError(member.Fingerprint, noFingerprint);
        }
    }
}
