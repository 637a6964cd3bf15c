using System.Diagnostics;
using Ovms.Observability.Metrics;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>
/// Counts and times one request for text, from its whole body until its answer is sent. The first <see cref="End"/> is final.
/// </summary>
internal sealed class TextMeter : IDisposable
{
    private readonly HttpContext _context;
    private readonly ServableMetrics? _metrics;
    private readonly CallKind _kind;
    private readonly long _received = Stopwatch.GetTimestamp();
    private long _accepted;
    private long _responded;
    private TextCall? _call;
    private bool _isOver;

    /// <summary>The body has arrived.</summary>
    /// <param name="context">The HTTP call.</param>
    /// <param name="metrics">The counters of the version that answers; null if metrics are off or the model is unknown.</param>
    /// <param name="isStream">Whether a stream is asked for.</param>
    public TextMeter(HttpContext context, ServableMetrics? metrics, bool isStream)
    {
        (_context, _metrics, _kind) = (context, metrics, isStream ? CallKind.TextStreamRest : CallKind.TextUnaryRest);
        metrics?.Enter();
    }

    /// <summary>The statistics of the load that answers; null if it is unknown.</summary>
    public CallStatistics? Statistics { get; set; }

    /// <summary>The request is right, and the model computes it or has it in its queue.</summary>
    /// <param name="call">What the model computes; null if it computes nothing.</param>
    public void Accepted(TextCall? call = null)
    {
        _accepted = Stopwatch.GetTimestamp();
        _call = call;
        if (_metrics is not null)
        {
            _metrics.Text.Enter();
            _metrics.Text.Of(_kind).Accept();
        }
    }

    /// <summary>A whole answer, or a piece of a stream, is made.</summary>
    public void Responded()
    {
        _responded = Stopwatch.GetTimestamp();
        _metrics?.Text.Of(_kind).Respond();
    }

    /// <summary>The call has ended. Ignored if it ended before.</summary>
    /// <param name="outcome">Ok if the caller has the answer, as far as the server can see; else the reason.</param>
    public void End(Outcome outcome)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        long now = Stopwatch.GetTimestamp();
        CountIn(Statistics, outcome, now);
        if (_metrics is null)
        {
            return;
        }

        _metrics.Leave();
        _metrics.Count(_kind, outcome.IsOk);
        if (outcome.IsOk)
        {
            _metrics.Answered(_kind, _received, now);
        }
        else if (outcome.Code == StatusCode.GenerationQueueFull)
        {
            _metrics.CountRefused();
        }
        else if (outcome.Code == StatusCode.Cancelled)
        {
            _metrics.CountCancelled();
        }

        TextMethodCounters text = _metrics.Text.Of(_kind);
        if (_accepted == 0)
        {
            text.Reject();
            return;
        }

        _metrics.Text.Leave();
        if (outcome.IsOk)
        {
            text.Time.Add(now - _accepted);
        }
        else
        {
            text.Fail();
        }
    }

    /// <summary>Ends a call that threw: its caller has disconnected, or the server has an error.</summary>
    public void Dispose() => End(Outcome.Fail(
        _context.RequestAborted.IsCancellationRequested ? StatusCode.Cancelled : StatusCode.InternalError));

    // A call that computes nothing, as to count tokens, counts only if it fails.
    private void CountIn(CallStatistics? statistics, Outcome outcome, long now)
    {
        if (!outcome.IsOk)
        {
            statistics?.AddFailed(now - _received);
            return;
        }

        if (_call is not { Prompts: [_, ..] prompts })
        {
            return;
        }

        // Its prompts are computed side by side: it has waited until the first of them began.
        long answered = _responded == 0 ? now : _responded;
        long queue = Math.Clamp(prompts.Min(static prompt => prompt.Generation.QueueTicks), 0, answered - _accepted);
        CallPhases phases = new(now - _received, queue, _accepted - _received, answered - _accepted - queue, now - answered);
        statistics?.Add(prompts.Sum(static prompt => (long)prompt.Generation.Request.Answers), phases);
        _metrics?.Computed(phases);
    }
}
