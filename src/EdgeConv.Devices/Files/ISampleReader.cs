using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>Reads a recording instant by instant.</summary>
internal interface ISampleReader : IDisposable
{
    /// <summary>Values at each instant.</summary>
    int Channels { get; }

    /// <summary>Instants a second as the recording states it; null when it does not.</summary>
    double? RateHertz { get; }

    /// <summary>Reads the next instant.</summary>
    /// <param name="values">Receives <see cref="Channels"/> values.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="DataError">This instant is unusable; the next call goes on after it.</exception>
    bool TryRead(Span<float> values);
}
