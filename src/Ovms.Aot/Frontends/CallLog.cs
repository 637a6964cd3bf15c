using System.Diagnostics;
using Ovms.Inference;
using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>
/// Logs calls that fail: caller errors and passing conditions at Debug, server errors at Error. Successful calls appear only in the
/// metrics.
/// </summary>
internal sealed partial class CallLog(ILogger log)
{
    private const string Nothing = "-";

    /// <summary>Logs a failed call.</summary>
    /// <param name="call">The HTTP request of the call.</param>
    /// <param name="request">The front end and the method or path that was called.</param>
    /// <param name="subject">The model, version and id, as far as they are known.</param>
    /// <param name="started">When it began: a Stopwatch timestamp.</param>
    /// <param name="isOurs">Whether the server is at fault, not the caller.</param>
    /// <param name="failure">The error text that the caller gets.</param>
    /// <param name="exception">An unexpected exception; else null.</param>
    public void Failed(
        HttpContext call, string request, CallSubject subject, long started, bool isOurs, string failure, Exception? exception = null)
    {
        LogLevel level = isOurs ? LogLevel.Error : LogLevel.Debug;
        if (log.IsEnabled(level))
        {
            Write(
                log,
                level,
                CallId.Of(call.Request.Headers, subject.Id, call.TraceIdentifier),
                request,
                string.IsNullOrEmpty(subject.Model) ? Nothing : Shown.Bounded(subject.Model),
                string.IsNullOrEmpty(subject.Version) ? Nothing : Shown.Bounded(subject.Version),
                Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                failure,
                exception);
        }
    }

    [LoggerMessage(
        EventId = 60,
        EventName = "CallFailed",
        Message = "Call {Call} failed: {Request}; model: {Model}; version: {Version}; after {Milliseconds:F3} ms: {Failure}")]
    private static partial void Write(
        ILogger log,
        LogLevel level,
        string call,
        string request,
        string model,
        string version,
        double milliseconds,
        string failure,
        Exception? exception);
}
