using System.Device.I2c;
using System.Device.Spi;
using System.Globalization;

namespace EdgeConv.Devices.Tests.Sensors.Support;

/// <summary>
/// What a chip answers, read from a text: <c>byte F7: 65 5A</c> are registers from there on, <c>word 02: 1F40</c> is one
/// of two bytes, <c>command FD: 66 66</c> what a command makes, <c>spi: 00 03 FF</c> the answer to a transfer. Registers
/// keep what is written to them; those with <c>=</c> do not, and give their values one after the other. <c>fail 3 121</c>
/// ends the third transfer in an errno, <c>fail 3- 121</c> each from there on.
/// </summary>
internal sealed class RegisterMap
{
    private readonly Dictionary<int, byte> _bytes = [];
    private readonly Dictionary<int, Queue<ushort>> _words = [];
    private readonly HashSet<int> _fixed = [];
    private readonly Dictionary<int, byte[]> _commands = [];
    private readonly Queue<byte[]> _spi = new();
    private readonly List<(int First, int Last, int Errno)> _failures = [];
    private int _transfers;
    private int _pointer;

    public RegisterMap(IEnumerable<string> lines)
    {
        foreach (string line in lines.Where(line => line.Length != 0 && line[0] != '#'))
            Add(line.Split(' ')[0], line[(line.IndexOf(' ') + 1)..]);
    }

    /// <summary>What was written, register and value, in order.</summary>
    public List<string> Written { get; } = [];

    public int Transfers => _transfers;

    /// <summary>Devices of it that are open.</summary>
    public int Open { get; private set; }

    public I2cDevice I2c(int bus, int address) => new Device(this, new I2cConnectionSettings(bus, address));

    public SpiDevice Spi() => new SpiLine(this);

    private void Add(string sort, string rest)
    {
        if (sort == "fail")
        {
            string[] parts = rest.Split(' ');
            int first = int.Parse(parts[0].TrimEnd('-'), CultureInfo.InvariantCulture);
            _failures.Add((first, parts[0].EndsWith('-') ? int.MaxValue : first,
                int.Parse(parts[1], CultureInfo.InvariantCulture)));
            return;
        }

        if (sort == "spi:")
        {
            _spi.Enqueue(Bytes(rest));
            return;
        }

        int end = rest.IndexOfAny([':', '=']);
        int register = Hex(rest[..end].Trim());
        string values = rest[(end + 1)..].Trim();
        if (rest[end] == '=')
            _fixed.Add(register);
        switch (sort)
        {
            case "byte":
                foreach (byte value in Bytes(values))
                    _bytes[register++] = value;
                break;
            case "word":
                _words[register] = new Queue<ushort>(values.Split(' ').Select(value => (ushort)Hex(value)));
                break;
            case "command":
                _commands[register] = Bytes(values);
                break;
            default:
                throw new FormatException($"'{sort}' is no sort of line");
        }
    }

    private void Count()
    {
        _transfers++;
        foreach ((int first, int last, int errno) in _failures)
        {
            if (_transfers >= first && _transfers <= last)
                throw new IOException($"Error {errno} performing I2C data transfer.");
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _pointer = bytes[0];
        if (bytes.Length > 1)
            Written.Add(Convert.ToHexString(bytes));
        if (bytes.Length == 3 && !_fixed.Contains(_pointer))
            _words[_pointer] = new Queue<ushort>([(ushort)((bytes[1] << 8) | bytes[2])]);
        for (int i = 1; i < bytes.Length && bytes.Length == 2; i++)
        {
            if (!_fixed.Contains(_pointer))
                _bytes[_pointer + i - 1] = bytes[i];
        }
    }

    private void Read(Span<byte> into)
    {
        if (_commands.TryGetValue(_pointer, out byte[]? made))
        {
            made.AsSpan(0, into.Length).CopyTo(into);
            return;
        }

        if (_words.TryGetValue(_pointer, out Queue<ushort>? words))
        {
            ushort word = words.Count > 1 ? words.Dequeue() : words.Peek();
            (into[0], into[1]) = ((byte)(word >> 8), (byte)word);
            return;
        }

        for (int i = 0; i < into.Length; i++)
            into[i] = _bytes.GetValueOrDefault(_pointer + i);
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte[] Bytes(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    private sealed class Device : I2cDevice
    {
        private readonly RegisterMap _map;

        public Device(RegisterMap map, I2cConnectionSettings settings)
        {
            (_map, ConnectionSettings) = (map, settings);
            map.Open++;
        }

        public override I2cConnectionSettings ConnectionSettings { get; }

        public override void Read(Span<byte> buffer)
        {
            _map.Count();
            _map.Read(buffer);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _map.Count();
            _map.Write(buffer);
        }

        public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            _map.Count();
            _map.Write(writeBuffer);
            _map.Read(readBuffer);
        }

        protected override void Dispose(bool disposing)
        {
            _map.Open--;
            base.Dispose(disposing);
        }
    }

    private sealed class SpiLine(RegisterMap map) : SpiDevice
    {
        public override SpiConnectionSettings ConnectionSettings { get; } = new(0, 0);

        public override void Read(Span<byte> buffer) => throw new NotSupportedException();

        public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

        public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            map.Count();
            map.Written.Add(Convert.ToHexString(writeBuffer));
            byte[] answer = map._spi.Count > 1 ? map._spi.Dequeue() : map._spi.Peek();
            answer.CopyTo(readBuffer);
        }
    }
}
