using System.Collections.Concurrent;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>A stream like a pipe: a read waits for the next piece and gives no more than that.</summary>
internal sealed class Feed : Stream
{
    private readonly BlockingCollection<byte[]> _pieces = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _rest = [];
    private int _readers;

    /// <summary>Most reads that were under way at one time.</summary>
    public int MostReaders { get; private set; }

    /// <summary>Ends when the stream is disposed.</summary>
    public Task Closed => _closed.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Send(byte[] piece) => _pieces.Add(piece);

    public void Send(string piece) => Send(System.Text.Encoding.UTF8.GetBytes(piece));

    public void End() => _pieces.CompleteAdding();

    public override int Read(Span<byte> buffer)
    {
        MostReaders = Math.Max(MostReaders, Interlocked.Increment(ref _readers));
        if (_rest.Length == 0 && !_pieces.IsCompleted && _pieces.TryTake(out byte[]? piece, Timeout.Infinite))
            _rest = piece;
        int count = Math.Min(buffer.Length, _rest.Length);
        _rest.AsSpan(0, count).CopyTo(buffer);
        _rest = _rest[count..];
        Interlocked.Decrement(ref _readers);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _closed.TrySetResult();
        base.Dispose(disposing);
    }
}
