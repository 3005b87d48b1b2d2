namespace EdgeConv.Kernels.Statistics;

/// <summary>
/// What is known so far of channels whose pixels arrive a few at a time, in memory of the caller's: the
/// number of pixels n and, of each channel, an origin o, Σ (x - o) and Σ (x - o)². One thread's; what several
/// have gathered is put together at the end.
/// </summary>
/// <remarks>
/// <code>
/// head, 64 bytes | o [C] float | Σ (x - o) [C] double | Σ (x - o)² [C] double      C filled up to 16
/// </code>
/// For means alone o is 0 and there are no squares. Origins are the means of the first chunk and follow the
/// mean: each time the pixels have become four times as many they move there. Of the pixels up to then those
/// before are a quarter, so that the square of the distance of o from the mean is at most three variances (law
/// of total variance), and little is lost.
/// </remarks>
internal readonly unsafe struct ChannelSums
{
    /// <summary>Pixels whose sums are added up in floats.</summary>
    public const int Chunk = 64;

    private const int Unit = 16;
    private const int HeadBytes = 64;
    private const int Growth = 4;

    private readonly Head* _head;
    private readonly int _channels;
    private readonly int _room;
    private readonly Statistic _kind;

    /// <summary>Names memory of <see cref="BytesFor"/> bytes, aligned to 64.</summary>
    public ChannelSums(byte* memory, int channels, Statistic kind)
    {
        _head = (Head*)memory;
        _channels = channels;
        _room = RoomFor(channels);
        _kind = kind;
    }

    /// <summary>o.</summary>
    public float* Origins => (float*)((byte*)_head + HeadBytes);

    /// <summary>Σ (x - o).</summary>
    public double* Sums => (double*)(Origins + _room);

    /// <summary>Σ (x - o)².</summary>
    public double* Squares => Sums + _room;

    /// <summary>Whether there are squares.</summary>
    public bool HasSquares => _kind == Statistic.MeanAndVariance;

    /// <summary>Bytes of memory, a multiple of 64.</summary>
    public static long BytesFor(int channels, Statistic kind)
    {
        long room = RoomFor(channels);
        return kind switch
        {
            Statistic.None => 0,
            Statistic.Mean => HeadBytes + (room * (sizeof(float) + sizeof(double))),
            _ => HeadBytes + (room * (sizeof(float) + (2 * sizeof(double)))),
        };
    }

    /// <summary>Forgets all pixels.</summary>
    public void Clear() => new Span<byte>(_head, (int)BytesFor(_channels, _kind)).Clear();

    /// <summary>Whether there are no pixels yet.</summary>
    public bool IsEmpty => _head->Pixels == 0;

    /// <summary>Says of which channels pixels are coming, always the same ones.</summary>
    public void Begin(int channelStart, int channelEnd) =>
        (_head->ChannelStart, _head->ChannelEnd) = (channelStart, channelEnd);

    /// <summary>
    /// Makes origins of the sums over the first pixels, which are then to be added once more.
    /// </summary>
    public void StartAtMeans(int pixels)
    {
        _head->MovedAt = pixels;
        for (int channel = _head->ChannelStart; channel < _head->ChannelEnd; channel++)
        {
            Origins[channel] = (float)(Sums[channel] / pixels);
            Sums[channel] = 0;
        }
    }

    /// <summary>Counts pixels whose sums were added.</summary>
    public void Count(int pixels)
    {
        _head->Pixels += pixels;
        if (!HasSquares || _head->Pixels < Growth * _head->MovedAt)
            return;
        _head->MovedAt = _head->Pixels;
        for (int channel = _head->ChannelStart; channel < _head->ChannelEnd; channel++)
            Move(channel);
    }

    /// <summary>
    /// Puts together what <paramref name="shares"/> have gathered, whose memory is <paramref name="step"/>
    /// bytes apart (Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    /// variances", 1979).
    /// </summary>
    /// <param name="shares">How many, this one the first.</param>
    /// <param name="step">Bytes from one to the next.</param>
    /// <param name="statistics"><c>[C]</c> means, then <c>[C]</c> variances where they are wanted.</param>
    public void Reduce(int shares, long step, float* statistics)
    {
        if (shares == 1 && !HasSquares)
        {
            ReduceMeans(statistics);
            return;
        }

        for (int channel = 0; channel < _channels; channel++)
        {
            double pixels = 0, mean = 0, squares = 0;
            for (int share = 0; share < shares; share++)
            {
                ChannelSums part = new((byte*)_head + (share * step), _channels, _kind);
                part.AddTo(channel, ref pixels, ref mean, ref squares);
            }

            statistics[channel] = (float)mean;
            if (HasSquares)
                statistics[_channels + channel] = (float)Math.Max(0, squares / pixels);
        }
    }

    private static int RoomFor(int channels) => (channels + Unit - 1) / Unit * Unit;

    private void ReduceMeans(float* means)
    {
        double* sums = Sums;
        double pixels = _head->Pixels;
        for (int channel = 0; channel < _channels; channel++)
            means[channel] = (float)(sums[channel] / pixels);
    }

    private void Move(int channel)
    {
        double pixels = _head->Pixels, sum = Sums[channel];
        float origin = (float)(Origins[channel] + (sum / pixels));
        double moved = (double)origin - Origins[channel];
        Squares[channel] += moved * ((pixels * moved) - (2 * sum));
        Sums[channel] = sum - (pixels * moved);
        Origins[channel] = origin;
    }

    private void AddTo(int channel, ref double pixels, ref double mean, ref double squares)
    {
        int own = _head->Pixels;
        if (own == 0 || channel < _head->ChannelStart || channel >= _head->ChannelEnd)
            return;
        double average = Sums[channel] / own, distance = Origins[channel] + average - mean;
        double all = pixels + own;
        if (HasSquares)
        {
            double within = Squares[channel] - (own * average * average);
            squares += within + (distance * distance * pixels * own / all);
        }

        mean += distance * own / all;
        pixels = all;
    }

    private struct Head
    {
        public int Pixels;
        public int MovedAt;
        public int ChannelStart;
        public int ChannelEnd;
    }
}
