using System.Runtime.InteropServices;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>
/// A camera as a driver makes it: it fills the buffers that are queued, loses frames when none is, and fails
/// where the test says. Its mappings are counted, and freed when they are unmapped.
/// </summary>
internal sealed unsafe class FakeCamera
{
    private const int TryAgain = -11;
    private const int Invalid = -22;
    private readonly Lock _lock = new();
    private readonly List<(VideoRequest Request, int Problem)> _failures = [];
    private readonly HashSet<nint> _mappings = [];
    private uint _sequence;

    /// <summary>What it offers, see <see cref="Offers"/>.</summary>
    public IReadOnlyList<FormatOffer> Formats { get; set; } = Offers.Of("yuyv 640x480@30");

    /// <summary>What the whole driver can do.</summary>
    public VideoCapabilities Capabilities { get; set; } =
        VideoCapabilities.Capture | VideoCapabilities.Streaming | VideoCapabilities.OfDevice | VideoCapabilities.Metadata;

    /// <summary>What this node can do.</summary>
    public VideoCapabilities NodeCapabilities { get; set; } = VideoCapabilities.Capture | VideoCapabilities.Streaming;

    /// <summary>Changes what it was asked for, as drivers do without a word.</summary>
    public Func<V4l2PixelFormat, V4l2PixelFormat> Adjust { get; set; } = format => format;

    /// <summary>Buffers that it gives, whatever was asked for; 0 gives as many as asked.</summary>
    public uint Buffers { get; set; }

    /// <summary>Why it cannot be opened; 0 when it can.</summary>
    public int OpenProblem { get; set; }

    /// <summary>Its controls by number.</summary>
    public Dictionary<uint, (int Minimum, int Maximum, int Value)> Controls { get; } = [];

    /// <summary>Values of controls in the order in which they were set.</summary>
    public List<(uint Id, int Value)> Settings { get; } = [];

    /// <summary>Passes the time while it is waited for; null for a machine whose time passes by itself.</summary>
    public Action<TimeSpan>? Pass { get; set; }

    /// <summary>The kernel's monotonic clock, ns.</summary>
    public long Nanoseconds { get; set; } = 5_000_000_000;

    /// <summary>Tells of frames that are not there.</summary>
    public bool IsLying { get; set; }

    /// <summary>Called at each wait.</summary>
    public Action? Waited { get; set; }

    /// <summary>Whether it is there.</summary>
    public bool IsPlugged { get; set; } = true;

    /// <summary>Descriptors that are open.</summary>
    public int Open { get; private set; }

    /// <summary>Times that it was opened.</summary>
    public int Openings { get; private set; }

    /// <summary>Buffers that are mapped.</summary>
    public int Mapped
    {
        get
        {
            lock (_lock)
                return _mappings.Count;
        }
    }

    /// <summary>Buffers that the driver has.</summary>
    public int Queued => Node?.Queued ?? 0;

    /// <summary>The format as it was set.</summary>
    public V4l2PixelFormat Set => Node!.Format;

    /// <summary>The interval as it was set.</summary>
    public V4l2Fraction Interval { get; private set; }

    private FakeNode? Node { get; set; }

    /// <summary>A request that fails so many times from now on.</summary>
    public void Fail(VideoRequest request, int problem, int times = 1)
    {
        lock (_lock)
        {
            for (int i = 0; i < times; i++)
                _failures.Add((request, problem));
        }
    }

    /// <summary>
    /// Sends a frame whose bytes are all the same, or these; it is lost when the driver has no buffer.
    /// </summary>
    public bool Send(byte value = 0, byte[]? bytes = null, uint flags = VideoConstants.MonotonicClock, int? used = null)
    {
        lock (_lock)
        {
            uint sequence = _sequence++;
            return Node is { IsStreaming: true } node && node.Fill(value, bytes, flags, used, sequence);
        }
    }

    /// <summary>Leaves out frames, as a driver that has lost them does.</summary>
    public void Skip(uint frames) => _sequence += frames;

    public IVideoNode? TryOpen(out int problem)
    {
        problem = !IsPlugged ? -2 : OpenProblem;
        if (problem != 0)
            return null;
        lock (_lock)
        {
            Open++;
            Openings++;
            return new FakeNode(this);
        }
    }

    private int TakeFailure(VideoRequest request)
    {
        for (int i = 0; i < _failures.Count; i++)
        {
            if (_failures[i].Request != request)
                continue;
            int problem = _failures[i].Problem;
            _failures.RemoveAt(i);
            return problem;
        }

        return 0;
    }

    private sealed class FakeNode(FakeCamera camera) : IVideoNode
    {
        private readonly List<(nint Address, uint Length)> _buffers = [];
        private readonly Queue<uint> _queued = new();
        private readonly Queue<V4l2Buffer> _done = new();
        private bool _isDisposed;

        public V4l2PixelFormat Format { get; private set; }

        public bool IsStreaming { get; private set; }

        public int Queued
        {
            get
            {
                lock (camera._lock)
                    return _queued.Count;
            }
        }

        public long Nanoseconds => camera.Nanoseconds;

        public int Request(VideoRequest request, Span<byte> argument)
        {
            lock (camera._lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (!camera.IsPlugged)
                    return -19;
                int problem = camera.TakeFailure(request);
                return problem != 0 ? problem : Answer(request, argument);
            }
        }

        public int Wait(int milliseconds)
        {
            camera.Waited?.Invoke();
            lock (camera._lock)
            {
                if (_done.Count != 0 || camera.IsLying || !camera.IsPlugged)
                    return 1;
            }

            if (camera.Pass is { } pass)
                pass(TimeSpan.FromMilliseconds(milliseconds));
            else
                Thread.Sleep(1);
            return 0;
        }

        public nint Map(uint length, uint offset)
        {
            lock (camera._lock)
            {
                if (camera.TakeFailure(VideoRequest.QueryBuffer) is var problem and not 0)
                    return problem;
                nint address = (nint)NativeMemory.AlignedAlloc(length, 4096);
                _buffers[(int)offset] = (address, length);
                camera._mappings.Add(address);
                return address;
            }
        }

        public void Unmap(nint address, uint length)
        {
            lock (camera._lock)
            {
                Assert.True(camera._mappings.Remove(address), "what is unmapped was mapped");
                NativeMemory.AlignedFree((void*)address);
            }
        }

        public void Dispose()
        {
            lock (camera._lock)
            {
                if (_isDisposed)
                    return;
                _isDisposed = true;
                camera.Open--;
                if (ReferenceEquals(camera.Node, this))
                    camera.Node = null;
            }
        }

        public bool Fill(byte value, byte[]? bytes, uint flags, int? used, uint sequence)
        {
            if (!_queued.TryDequeue(out uint index))
                return false;
            (nint address, uint length) = _buffers[(int)index];
            Span<byte> memory = new((void*)address, (int)length);
            memory.Fill(value);
            bytes?.CopyTo(memory);
            long microseconds = camera.Nanoseconds / 1000;
            _done.Enqueue(new V4l2Buffer
            {
                Index = index,
                BytesUsed = (uint)(used ?? bytes?.Length ?? (int)length),
                Flags = flags,
                Sequence = sequence,
                Seconds = microseconds / 1_000_000,
                Microseconds = microseconds % 1_000_000,
            });
            return true;
        }

        private int Answer(VideoRequest request, Span<byte> argument) => request switch
        {
            VideoRequest.QueryCapability => QueryCapability(ref As<V4l2Capability>(argument)),
            VideoRequest.EnumerateFormats => EnumerateFormats(ref As<V4l2FormatDescription>(argument)),
            VideoRequest.EnumerateSizes => EnumerateSizes(ref As<V4l2FrameSize>(argument)),
            VideoRequest.EnumerateIntervals => EnumerateIntervals(ref As<V4l2FrameInterval>(argument)),
            VideoRequest.SetFormat => SetFormat(ref As<V4l2Format>(argument)),
            VideoRequest.SetParameters => SetParameters(As<V4l2StreamParameters>(argument)),
            VideoRequest.RequestBuffers => RequestBuffers(ref As<V4l2RequestBuffers>(argument)),
            VideoRequest.QueryBuffer => QueryBuffer(ref As<V4l2Buffer>(argument)),
            VideoRequest.Queue => Queue(As<V4l2Buffer>(argument)),
            VideoRequest.Dequeue => Dequeue(ref As<V4l2Buffer>(argument)),
            VideoRequest.StreamOn => Stream(true),
            VideoRequest.StreamOff => Stream(false),
            VideoRequest.QueryControl => QueryControl(ref As<V4l2QueryControl>(argument)),
            VideoRequest.SetControl => SetControl(As<V4l2Control>(argument)),
            _ => -25,
        };

        private static ref T As<T>(Span<byte> argument) where T : unmanaged
        {
            if (sizeof(T) != argument.Length)
                Assert.Fail($"{typeof(T)} has {sizeof(T)} bytes, not {argument.Length}");
            return ref MemoryMarshal.AsRef<T>(argument);
        }

        private int QueryCapability(ref V4l2Capability answer)
        {
            answer.Capabilities = (uint)camera.Capabilities;
            answer.DeviceCapabilities = (uint)camera.NodeCapabilities;
            "fakecam"u8.CopyTo(answer.Driver);
            return 0;
        }

        private int EnumerateFormats(ref V4l2FormatDescription format)
        {
            if (format.Index >= camera.Formats.Count)
                return Invalid;
            format.PixelFormat = camera.Formats[(int)format.Index].Code;
            return 0;
        }

        private int EnumerateSizes(ref V4l2FrameSize size)
        {
            uint code = size.PixelFormat;
            IReadOnlyList<SizeOffer> sizes = camera.Formats.First(format => format.Code == code).Sizes;
            if (size.Index >= sizes.Count)
                return Invalid;
            size.Type = VideoConstants.Discrete;
            size.Range.Width = (uint)sizes[(int)size.Index].Width;
            size.Range.Height = (uint)sizes[(int)size.Index].Height;
            return 0;
        }

        private int EnumerateIntervals(ref V4l2FrameInterval interval)
        {
            (uint code, uint width, uint height) = (interval.PixelFormat, interval.Width, interval.Height);
            IReadOnlyList<FrameInterval> intervals = camera.Formats.First(format => format.Code == code)
                .Sizes.First(size => size.Width == width && size.Height == height).Intervals;
            if (interval.Index >= intervals.Count)
                return Invalid;
            interval.Type = VideoConstants.Discrete;
            FrameInterval offered = intervals[(int)interval.Index];
            interval.Shortest = new V4l2Fraction { Numerator = offered.Numerator, Denominator = offered.Denominator };
            return 0;
        }

        private int SetFormat(ref V4l2Format format)
        {
            format.Pixels = Format = camera.Adjust(WithSize(format.Pixels));
            return 0;
        }

        private static V4l2PixelFormat WithSize(V4l2PixelFormat format)
        {
            FormatRow row = FormatTable.Of(format.PixelFormat)!;
            format.BytesPerLine = row.IsCompressed ? 0 : (uint)PixelFormats.RowBytes(row.Pixels, (int)format.Width);
            format.SizeImage = row.IsCompressed
                ? format.Width * format.Height
                : (uint)PixelFormats.FrameBytes(row.Pixels, (int)format.BytesPerLine, (int)format.Height);
            return format;
        }

        private int SetParameters(in V4l2StreamParameters parameters)
        {
            camera.Interval = parameters.TimePerFrame;
            return 0;
        }

        private int RequestBuffers(ref V4l2RequestBuffers ring)
        {
            if (camera.Buffers != 0)
                ring.Count = camera.Buffers;
            for (uint i = 0; i < ring.Count; i++)
                _buffers.Add(default);
            return 0;
        }

        private int QueryBuffer(ref V4l2Buffer buffer)
        {
            buffer.Length = Format.SizeImage;
            buffer.Offset = buffer.Index;
            return 0;
        }

        private int Queue(in V4l2Buffer buffer)
        {
            if (_queued.Contains(buffer.Index))
                Assert.Fail($"buffer {buffer.Index} is queued twice");
            _queued.Enqueue(buffer.Index);
            return 0;
        }

        private int Dequeue(ref V4l2Buffer buffer)
        {
            if (!_done.TryDequeue(out V4l2Buffer done))
                return TryAgain;
            buffer = done;
            return 0;
        }

        private int Stream(bool isOn)
        {
            IsStreaming = isOn;
            camera.Node = isOn ? this : null;
            return 0;
        }

        private int QueryControl(ref V4l2QueryControl control)
        {
            if (!camera.Controls.TryGetValue(control.Id, out (int Minimum, int Maximum, int Value) known))
                return Invalid;
            (control.Minimum, control.Maximum) = (known.Minimum, known.Maximum);
            return 0;
        }

        private int SetControl(in V4l2Control control)
        {
            if (!camera.Controls.TryGetValue(control.Id, out (int Minimum, int Maximum, int Value) known))
                return Invalid;
            if (control.Value < known.Minimum || control.Value > known.Maximum)
                return -34;
            camera.Controls[control.Id] = known with { Value = control.Value };
            camera.Settings.Add((control.Id, control.Value));
            return 0;
        }
    }
}
