using System.Text;
using EdgeConv.Devices.Sensors.Gpio;
using EdgeConv.Devices.Sensors.Gpio.Interop;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Sensors.Support;

/// <summary>GPIO chips with lines that a test sets and whose edges it makes.</summary>
internal sealed class FakeLines : IGpioOpener, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, (string Label, uint Lines)> _chips = [];
    private readonly HashSet<int> _high = [];
    private readonly Queue<GpioLineEvent> _edges = new();

    /// <summary>Why chips cannot be opened; 0 when they can.</summary>
    public int OpenProblem { get; set; }

    /// <summary>Who has all lines already; null for nobody.</summary>
    public string? Consumer { get; set; }

    /// <summary>Why lines cannot be read; 0 when they can.</summary>
    public int ReadProblem { get; set; }

    public int Open { get; private set; }

    public LineFlags Taken { get; private set; }

    public SysRoot Root => new(_folder.Root);

    public void Add(string name, string label, uint lines)
    {
        _chips[name] = (label, lines);
        _folder.Write($"sys/bus/gpio/devices/{name}/uevent", "\n");
        _folder.Write($"dev/{name}", "");
    }

    public IGpioChip Chip(string wanted) => new GpioLines(Root, this).Open(wanted);

    public void Set(int line, bool isHigh) => _ = isHigh ? _high.Add(line) : _high.Remove(line);

    public void Edge(long nanoseconds) => _edges.Enqueue(new GpioLineEvent { Nanoseconds = (ulong)nanoseconds, Edge = 1 });

    IGpioChip? IGpioOpener.Open(string path, out int problem)
    {
        problem = OpenProblem;
        if (problem != 0)
            return null;
        Open++;
        return new FakeChip(this, Path.GetFileName(path));
    }

    public void Dispose() => _folder.Dispose();

    private sealed unsafe class FakeChip(FakeLines lines, string name) : IGpioChip
    {
        public int ReadInfo(out GpioChipInfo info)
        {
            info = new GpioChipInfo { Lines = lines._chips[name].Lines };
            fixed (byte* label = info.LabelBytes)
                Encoding.UTF8.GetBytes(lines._chips[name].Label, new Span<byte>(label, 32));
            fixed (byte* text = info.NameBytes)
                Encoding.UTF8.GetBytes(name, new Span<byte>(text, 32));
            return 0;
        }

        public int ReadLineInfo(uint offset, out GpioLineInfo info)
        {
            info = new GpioLineInfo { Offset = offset, Flags = LineFlags.Used };
            fixed (byte* consumer = info.ConsumerBytes)
                Encoding.UTF8.GetBytes(lines.Consumer ?? "", new Span<byte>(consumer, 32));
            return 0;
        }

        public IGpioLine? Request(uint offset, LineFlags edges, out int problem)
        {
            problem = offset >= lines._chips[name].Lines ? -22 : lines.Consumer is not null ? -16 : 0;
            lines.Taken = edges;
            return problem == 0 ? new FakeLine(lines, (int)offset) : null;
        }

        public void Dispose() => lines.Open--;
    }

    private sealed class FakeLine(FakeLines lines, int offset) : IGpioLine
    {
        public int ReadValue() => lines._high.Contains(offset) ? 1 : 0;

        public int ReadEvent(out GpioLineEvent edge)
        {
            edge = default;
            return lines.ReadProblem != 0 ? lines.ReadProblem : lines._edges.TryDequeue(out edge) ? 1 : 0;
        }

        public void Dispose()
        {
        }
    }
}
