using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>
/// A camera that streams into a ring of mapped buffers. One thread takes frames; a frame may be given back on
/// any thread, also after the stream has been closed: its memory stays until then.
/// </summary>
internal sealed class CameraStream : IDisposable
{
    // One that is worked on, one that waits, one on the way between, one for the driver.
    private const uint WantedBuffers = 4;
    private const int TryAgain = -11;
    private const int MostFalseAlarms = 16;
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _returned = new(false);
    private readonly IVideoNode _node;
    private readonly List<MappedBuffer> _buffers = [];
    private int _queueProblem;
    private int _falseAlarms;
    private bool _isClosed;

    private CameraStream(IVideoNode node) => _node = node;

    /// <summary>Now on the clock of the frames, ns.</summary>
    public long Nanoseconds => _node.Nanoseconds;

    /// <summary>Buffers of the ring.</summary>
    public int Count => _buffers.Count;

    /// <summary>
    /// Maps the ring and begins to stream. The node belongs to the stream, also when this fails.
    /// </summary>
    /// <param name="node">A node whose format is set.</param>
    /// <param name="problem">A negated errno when there is no stream.</param>
    public static CameraStream? Start(IVideoNode node, out int problem)
    {
        CameraStream stream = new(node);
        problem = stream.Map();
        if (problem == 0)
            problem = stream.QueueAll();
        uint type = VideoConstants.Capture;
        if (problem == 0)
            problem = node.Request(VideoRequest.StreamOn, ref type);
        if (problem == 0)
            return stream;
        stream.Dispose();
        return null;
    }

    /// <summary>
    /// The newest frame that is there; older ones go back to the driver at once. Null when there is none, and
    /// a negated errno when the camera has failed.
    /// </summary>
    public MappedBuffer? Take(out V4l2Buffer frame, out int problem)
    {
        MappedBuffer? newest = null;
        frame = default;
        while (true)
        {
            V4l2Buffer next = Request(0);
            problem = _node.Request(VideoRequest.Dequeue, ref next);
            if (problem != 0)
                break;
            if (newest is not null)
                Return(newest);
            newest = _buffers[(int)next.Index];
            newest.IsQueued = false;
            frame = next;
        }

        if (problem == TryAgain)
            problem = 0;
        if (newest is not null)
            _falseAlarms = 0;
        if (newest is null || problem == 0)
            return newest;
        Return(newest);
        return null;
    }

    /// <summary>
    /// Waits a little for a frame, or for a buffer to come back; a negated errno when that fails.
    /// </summary>
    public int Wait(int milliseconds)
    {
        if (IsAnyQueued(out int problem))
        {
            int ready = _node.Wait(milliseconds);
            // A driver that tells of frames without having any would be asked again without end.
            _falseAlarms = ready > 0 ? _falseAlarms + 1 : 0;
            return ready < 0 ? ready : _falseAlarms > MostFalseAlarms ? CameraTrouble.InputOutput : 0;
        }

        if (problem == 0)
            _returned.WaitOne(milliseconds);
        return problem;
    }

    /// <summary>Gives a frame back: to the driver, or where the stream is closed to the machine.</summary>
    public void Return(MappedBuffer buffer)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                Unmap(buffer);
                return;
            }

            if (Queue(buffer) is var problem and < 0)
                _queueProblem = problem;
            _returned.Set();
        }
    }

    /// <summary>Ends it. What is lent stays mapped until it is given back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            uint type = VideoConstants.Capture;
            _node.Request(VideoRequest.StreamOff, ref type);
            foreach (MappedBuffer buffer in _buffers.Where(buffer => buffer.IsQueued))
                Unmap(buffer);
            _node.Dispose();
            _returned.Dispose();
        }
    }

    private static V4l2Buffer Request(uint index) =>
        new() { Index = index, Type = VideoConstants.Capture, Memory = VideoConstants.Mapped };

    private int Map()
    {
        V4l2RequestBuffers ring = new()
        {
            Count = WantedBuffers,
            Type = VideoConstants.Capture,
            Memory = VideoConstants.Mapped,
        };
        int problem = _node.Request(VideoRequest.RequestBuffers, ref ring);
        for (uint i = 0; i < ring.Count && problem == 0; i++)
            problem = Map(i);
        return problem != 0 || _buffers.Count != 0 ? problem : CameraTrouble.NoMemory;
    }

    private int Map(uint index)
    {
        V4l2Buffer buffer = Request(index);
        int problem = _node.Request(VideoRequest.QueryBuffer, ref buffer);
        if (problem != 0)
            return problem;
        nint address = _node.Map(buffer.Length, buffer.Offset);
        // Negated errnos are the last page of the address space, where nothing is ever mapped.
        if (address is < 0 and > -4096)
            return (int)address;
        // Until it is queued it is nobody's: closing unmaps it.
        _buffers.Add(new MappedBuffer(this, index, address, buffer.Length) { IsQueued = true });
        return 0;
    }

    private int QueueAll()
    {
        foreach (MappedBuffer buffer in _buffers)
        {
            if (Queue(buffer) is var problem and < 0)
                return problem;
        }

        return 0;
    }

    // A buffer that the driver does not take is nobody's, and is unmapped with the others.
    private int Queue(MappedBuffer buffer)
    {
        buffer.IsQueued = true;
        V4l2Buffer request = Request(buffer.Index);
        return _node.Request(VideoRequest.Queue, ref request);
    }

    private bool IsAnyQueued(out int problem)
    {
        lock (_lock)
        {
            problem = _queueProblem;
            return problem == 0 && _buffers.Exists(buffer => buffer.IsQueued);
        }
    }

    private void Unmap(MappedBuffer buffer)
    {
        nint address = buffer.Detach();
        if (address != 0)
            _node.Unmap(address, buffer.Length);
    }
}
