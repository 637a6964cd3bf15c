using System.Diagnostics;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Status;
using GrpcStatus = Grpc.Core.Status;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>Logs the failed requests of one stream.</summary>
/// <param name="log">The log.</param>
/// <param name="http">The call.</param>
internal sealed class StreamLog(CallLog log, HttpContext http)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Logs a request, or the whole stream.</summary>
    public void Failed(CallSubject subject, Outcome outcome, Exception? thrown) =>
        Failed(subject, GrpcEdge.ToStatus(outcome), thrown);

    /// <summary>Logs a request, or the whole stream.</summary>
    public void Failed(CallSubject subject, GrpcStatus status, Exception? thrown)
    {
        bool isOurs = GrpcEdge.IsOurs(status, thrown);
        log.Failed(http, $"gRPC {http.Request.Path}", subject, _started, isOurs, status.Detail, isOurs ? thrown : null);
    }
}
