namespace Ovms.Frontends.Grpc;

/// <summary>The lines that only the gRPC front end writes.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(60, LogLevel.Error, "gRPC {Call} failed")]
    public static partial void CallFailed(ILogger log, string call, Exception exception);
}
