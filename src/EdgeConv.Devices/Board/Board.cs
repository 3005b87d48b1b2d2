using EdgeConv.Core;

namespace EdgeConv.Devices.Board;

/// <summary>This machine's sensors: processor temperature and power rails, found by name.</summary>
public sealed class Board : IBoard
{
    private readonly Lock _lock = new();
    private readonly Thermometer _thermometer;
    private readonly PowerMeter _power;
    private readonly RaplMeter _rapl;

    /// <summary>The machine itself.</summary>
    public Board()
        : this(SysRoot.Default, TimeProvider.System)
    {
    }

    /// <summary>The board below <paramref name="root"/>.</summary>
    public Board(SysRoot root, TimeProvider time)
    {
        _thermometer = new Thermometer(root);
        _power = new PowerMeter(root);
        _rapl = new RaplMeter(root, time);
    }

    /// <inheritdoc/>
    public BoardReading Read()
    {
        lock (_lock)
        {
            (double? celsius, double? limit) = _thermometer.Read();
            return new BoardReading(celsius, limit, _power.Watts() ?? _rapl.Watts());
        }
    }
}
