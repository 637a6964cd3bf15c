using System.Net;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>Log messages of the gRPC front end alone.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(
        61,
        LogLevel.Warning,
        "The caller {Caller} speaks TLS on the gRPC port, which takes plain HTTP/2; configure its client without TLS. "
        + "Further such callers are not logged.")]
    public static partial void TlsCaller(ILogger log, EndPoint? caller);
}
