using System.Runtime.InteropServices;

namespace EdgeConv.Daemon.Commands;

/// <summary>Turns SIGINT and SIGTERM into a cancellation, so that a command ends by itself.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    /// <param name="stop">Cancelled by the first signal; outlives this.</param>
    public Interruption(CancellationTokenSource stop)
    {
        _interrupt = StopOn(PosixSignal.SIGINT, stop);
        _terminate = StopOn(PosixSignal.SIGTERM, stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
}
