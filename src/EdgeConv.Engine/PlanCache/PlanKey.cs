using EdgeConv.Core;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.PlanCache;

/// <summary>What a cached plan holds for.</summary>
/// <param name="Engine">The build of the engine and its kernels.</param>
/// <param name="Kernels">The instruction set of the kernels.</param>
/// <param name="Stamp">The state of the model file.</param>
internal sealed record PlanKey(string Engine, string Kernels, FileStamp Stamp)
{
    private static readonly string ThisEngine =
        $"{typeof(PlanKey).Module.ModuleVersionId:n}{typeof(WeightLedger).Module.ModuleVersionId:n}";

    /// <summary>The key of a file on this machine and this build.</summary>
    public static PlanKey Of(FileStamp stamp) => new(ThisEngine, KernelTable.Chosen.ToString(), stamp);

    /// <summary>Why a plan of this key does not serve for <paramref name="wanted"/>; null when it does.</summary>
    public string? WhyStale(PlanKey wanted)
    {
        if (Engine != wanted.Engine)
            return "is of another build of the engine";
        if (Kernels != wanted.Kernels)
            return $"is for kernels of another machine ({Kernels}, here {wanted.Kernels})";
        return Stamp == wanted.Stamp ? null : "is of an earlier state of the model";
    }

    /// <summary>Writes it.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Engine);
        writer.Write(Kernels);
        foreach (long number in new[] { Stamp.Device, Stamp.Inode, Stamp.Length, Stamp.Written, Stamp.Changed })
            writer.Write(number);
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    public static PlanKey Read(BinaryReader reader) => new(
        reader.ReadString(),
        reader.ReadString(),
        new FileStamp(
            reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64()));
}
