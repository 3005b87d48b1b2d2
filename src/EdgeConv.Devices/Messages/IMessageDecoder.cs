using EdgeConv.Core;

namespace EdgeConv.Devices.Messages;

/// <summary>Makes a sample of a message's content.</summary>
internal interface IMessageDecoder
{
    /// <param name="delivery">The message; it becomes the sample's receipt.</param>
    /// <param name="sequence">Number of the sample.</param>
    /// <exception cref="DataError">
    /// At the message's topic: what it holds instead, and what would be right.
    /// </exception>
    Sample Decode(Delivery delivery, long sequence);
}
