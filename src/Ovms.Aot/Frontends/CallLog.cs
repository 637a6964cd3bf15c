using System.Diagnostics;
using Ovms.Inference;
using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>
/// The lines about calls: those that fail. The caller's faults and what passes by itself are told at Debug, ours at Error; a call that
/// goes well is told by the metrics only.
/// </summary>
internal sealed partial class CallLog(ILogger log)
{
    private const string Nothing = "-";

    /// <summary>Tells of a call that failed.</summary>
    /// <param name="call">Its headers.</param>
    /// <param name="request">The front end and what was asked of it.</param>
    /// <param name="subject">What it was about, as far as that is known.</param>
    /// <param name="started">When it began, by the stopwatch.</param>
    /// <param name="isOurs">Whose fault it is.</param>
    /// <param name="failure">What the caller was told.</param>
    /// <param name="exception">What was thrown where nobody expected it.</param>
    public void Failed(HttpContext call, string request, CallSubject subject, long started, bool isOurs, string failure, Exception? exception = null)
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

    [LoggerMessage(EventId = 60, EventName = "CallFailed", Message = "Call {Call} failed: {Request}; model: {Model}; version: {Version}; after {Milliseconds:F3} ms: {Failure}")]
    private static partial void Write(
        ILogger log, LogLevel level, string call, string request, string model, string version, double milliseconds, string failure, Exception? exception);
}
