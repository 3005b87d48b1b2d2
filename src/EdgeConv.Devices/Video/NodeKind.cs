using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>Tells cameras from the other video devices of a board.</summary>
internal static class NodeKind
{
    /// <summary>What a node can do: VIDIOC_QUERYCAP; 0 or a negated errno.</summary>
    /// <param name="node">The device.</param>
    /// <param name="capabilities">Its own, not those of all nodes of its driver.</param>
    /// <param name="driver">Name of its driver.</param>
    public static int Of(IVideoNode node, out VideoCapabilities capabilities, out string driver)
    {
        V4l2Capability answer = default;
        int problem = node.Request(VideoRequest.QueryCapability, ref answer);
        VideoCapabilities all = (VideoCapabilities)answer.Capabilities;
        capabilities = all.HasFlag(VideoCapabilities.OfDevice)
            ? (VideoCapabilities)answer.DeviceCapabilities
            : all;
        driver = VideoNodes.TextOf(answer.Driver);
        return problem;
    }

    /// <summary>Why a node is no camera that can be read; null for one that is.</summary>
    public static string? WhyNoCamera(VideoCapabilities capabilities)
    {
        if ((capabilities & VideoCapabilities.MemoryToMemory) != 0)
            return "is no camera but a codec or an image processor (memory to memory)";
        if ((capabilities & VideoCapabilities.Metadata) != 0)
            return "gives metadata of a camera, no pictures";
        if ((capabilities & VideoCapabilities.Capture) != 0)
        {
            return (capabilities & VideoCapabilities.Streaming) != 0
                ? null
                : "does not stream, and is not read";
        }

        return (capabilities & VideoCapabilities.MultiPlanarCapture) != 0
            ? "gives pictures in several planes (multi-planar), which is not read"
            : "gives no pictures";
    }
}
