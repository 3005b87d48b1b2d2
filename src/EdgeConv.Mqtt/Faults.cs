using System.Net.Sockets;
using System.Security.Authentication;
using MQTTnet;
using MQTTnet.Adapter;

namespace EdgeConv.Mqtt;

/// <summary>Says in one line why a connection could not be made, or was lost.</summary>
internal static class Faults
{
    /// <summary>How a broker without MQTT 5 answers: MQTT 3.1.1's "unacceptable protocol version".</summary>
    private const MqttClientConnectResultCode OldUnacceptableProtocol = (MqttClientConnectResultCode)1;

    public static (MqttState State, string Message) OfConnecting(Exception error, MqttOptions options)
    {
        string address = options.Address;
        if (error is BrokerRefusal refusal)
            return (MqttState.Refused, $"{address} refused the connection: {TextOf(refusal, options)}");
        if (Find<AuthenticationException>(error) is { } tls)
        {
            string trusted = options.Tls?.CaFile ?? "the system";
            return (MqttState.Untrusted,
            $"{address}: TLS failed: {Line(tls)} (trusted: authorities in {trusted})");
        }

        if (Find<OperationCanceledException>(error) is not null)
            return (MqttState.Unreachable,
            $"{address} does not answer in {options.AnswerTimeout.TotalSeconds} s");
        string line = Line(error.GetBaseException());
        if (Find<MqttConnectingFailedException>(error) is not null)
            return (MqttState.Refused,
            $"{address} closed the connection instead of answering ({Hint(options)}): {line}");
        return Find<SocketException>(error) is { } socket
            ? (MqttState.Unreachable, $"cannot reach {address}: {TextOf(socket)}")
            : (MqttState.Unreachable, $"cannot connect to {address}: {line}");
    }

    public static string OfLoss(MqttClientDisconnectedEventArgs? loss)
    {
        if (loss is null)
            return "no answer";
        if (loss.Reason != MqttClientDisconnectReason.NormalDisconnection)
            return OneLine($"{loss.Reason} {loss.ReasonString}");
        return loss.Exception is { } error ? Line(error.GetBaseException()) : "the broker closed it";
    }

    /// <summary>A message's first line, without control characters.</summary>
    public static string Line(Exception error) => OneLine(error.Message);

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');

    private static string TextOf(BrokerRefusal refusal, MqttOptions options)
    {
        string text = refusal.Code switch
        {
            MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized =>
                options.User is null
                    ? "it wants a user and password"
                    : $"wrong password, or no rights, for user '{options.User}'",
            MqttClientConnectResultCode.ClientIdentifierNotValid =>
                $"client id '{options.ClientId}' is not allowed",
            MqttClientConnectResultCode.UnsupportedProtocolVersion or OldUnacceptableProtocol =>
                options.Protocol == MqttProtocol.V5
                    ? "it does not speak MQTT 5; set protocol 3.1.1"
                    : "it does not speak MQTT 3.1.1; set protocol 5",
            _ => refusal.Code.ToString(),
        };
        return refusal.Reason is { Length: > 0 } reason ? $"{text} ({OneLine(reason)})" : text;
    }

    private static string Hint(MqttOptions options) => options.Tls switch
    {
        null when options.Protocol == MqttProtocol.V5 => "does this port want TLS, or protocol 3.1.1?",
        null => "does this port want TLS?",
        { CertificateFile: null } => "does it want a client certificate?",
        _ => "does it accept our client certificate?",
    };

    private static string TextOf(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused; is the broker running, and is this its port?",
        SocketError.HostNotFound or SocketError.NoData => "no such host",
        SocketError.TryAgain => "the host name cannot be looked up now",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => "no route to the host",
        _ => Line(error),
    };

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found)
                return found;
        }

        return null;
    }
}
