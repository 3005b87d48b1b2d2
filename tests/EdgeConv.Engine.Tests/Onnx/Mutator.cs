namespace EdgeConv.Engine.Tests.Onnx;

/// <summary>Breaks files the way damage and malice do; the same seed breaks the same way.</summary>
internal sealed class Mutator(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>
    /// A broken copy of <paramref name="file"/>; <paramref name="other"/> is what is spliced in.
    /// </summary>
    public byte[] Mutate(byte[] file, byte[] other)
    {
        byte[] mutated = [.. file];
        for (int rounds = 1 + _random.Next(3); rounds > 0; rounds--)
            mutated = MutateOnce(mutated, other);
        return mutated;
    }

    private byte[] MutateOnce(byte[] file, byte[] other)
    {
        int at = _random.Next(file.Length + 1);
        int end = Math.Min(file.Length, at + 1 + _random.Next(64));
        return _random.Next(9) switch
        {
            0 => file[..at],
            1 => FlipBits(file, 1),
            2 => FlipBits(file, 16),
            3 => [.. file[..at], .. other[Math.Min(at, other.Length)..]],
            4 => [.. file[..end], .. file[at..]],
            5 => [.. file[..at], .. file[end..]],
            6 => [.. file[..at], .. Bytes(), .. file[at..]],
            7 => [.. file[..at], .. LargeVarint(), .. file[Math.Min(file.Length, at + 1)..]],
            _ => [.. Enumerable.Repeat(file, 2 + _random.Next(3)).SelectMany(part => part)],
        };
    }

    private byte[] FlipBits(byte[] file, int most)
    {
        byte[] flipped = [.. file];
        for (int count = 1 + _random.Next(most); count > 0 && flipped.Length > 0; count--)
            flipped[_random.Next(flipped.Length)] ^= (byte)(1 << _random.Next(8));
        return flipped;
    }

    private byte[] Bytes()
    {
        byte[] bytes = new byte[1 + _random.Next(16)];
        _random.NextBytes(bytes);
        return bytes;
    }

    // 7 bits a byte, the low ones first: 2^31-1, 2^32-1, 2^63-1, -1 and a power of two.
    private byte[] LargeVarint() => _random.Next(5) switch
    {
        0 => [0xFF, 0xFF, 0xFF, 0xFF, 0x07],
        1 => [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        2 => [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        3 => [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        _ => [.. Enumerable.Repeat((byte)0x80, _random.Next(9)), 0x01],
    };
}
