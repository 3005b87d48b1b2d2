using System.Text;

namespace EdgeConv.Devices.Files;

/// <summary>Reads lines of bounded length, so that a file without line ends cannot fill the memory.</summary>
internal sealed class LineReader(StreamReader reader, int longest) : IDisposable
{
    private readonly StringBuilder _line = new();

    /// <summary>Number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Reads the next line without its end.</summary>
    /// <param name="line">The line; null at the end.</param>
    /// <returns>False when the line was too long; it has been passed over.</returns>
    public bool TryRead(out string? line)
    {
        _line.Clear();
        bool isTooLong = false;
        int c = reader.Read();
        if (c < 0)
        {
            line = null;
            return true;
        }

        Number++;
        for (; c is >= 0 and not '\n'; c = reader.Read())
        {
            if (_line.Length < longest)
                _line.Append((char)c);
            else
                isTooLong = true;
        }

        if (_line.Length != 0 && _line[^1] == '\r')
            _line.Length--;
        line = isTooLong ? null : _line.ToString();
        return !isTooLong;
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();
}
