using System.Net;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>The lines that only the gRPC front end writes.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(61, LogLevel.Warning, "The caller {Caller} speaks TLS on the gRPC port, which takes plain HTTP/2; its client must be told so. Others that do the same are not mentioned.")]
    public static partial void TlsCaller(ILogger log, EndPoint? caller);
}
