using System.Diagnostics;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>
/// Counts and times one inference call, from the moment its servable is known until its answer was written or refused. Lives in the
/// call's message, so that measuring allocates nothing. Its methods are called in the order in which they stand here.
/// </summary>
internal struct CallMeter
{
    private readonly ServableMetrics? _metrics;
    private readonly CallStatistics? _statistics;
    private readonly CallKind _kind;
    private readonly long _received;
    private long _since;
    private long _queue;
    private long _input;
    private long _infer;
    private long _batchSize;
    private bool _isOver;

    /// <summary>The call found its servable.</summary>
    public CallMeter(Servable servable, InferMessage message)
    {
        _metrics = servable.Metrics;
        _statistics = servable.Statistics;
        _kind = message.Origin.InferenceKind();
        _received = _since = message.Received == 0 ? Stopwatch.GetTimestamp() : message.Received;
        _metrics?.Enter();
    }

    /// <summary>The request is checked and converted; the wait for an infer request begins.</summary>
    public void Prepared()
    {
        long now = Stopwatch.GetTimestamp();
        _input = now - _since;
        _since = now;
    }

    /// <summary>The infer request is there.</summary>
    public void Waited()
    {
        long now = _metrics?.Waited(_since) ?? Stopwatch.GetTimestamp();
        _queue = now - _since;
        _since = now;
    }

    /// <summary>The engine has the tensors; the inference begins.</summary>
    public void Bound()
    {
        long now = Stopwatch.GetTimestamp();
        _input += now - _since;
        _since = now;
    }

    /// <summary>The inference went well.</summary>
    /// <param name="batchSize">How many samples it had.</param>
    public void Inferred(long batchSize)
    {
        long now = _metrics?.Inferred(_since) ?? Stopwatch.GetTimestamp();
        _infer = now - _since;
        _since = now;
        _batchSize = batchSize;
    }

    /// <summary>There is no result: the call is over.</summary>
    /// <returns>What came in.</returns>
    public Outcome Failed(Outcome failure)
    {
        if (_statistics is not null && !_isOver)
        {
            _isOver = true;
            _statistics.AddFailed(Stopwatch.GetTimestamp() - _received);
            _metrics?.Count(_kind, isSuccess: false);
            _metrics?.Leave();
            switch (failure.Code)
            {
                case StatusCode.QueueFull:
                    _metrics?.CountRefused();
                    break;
                case StatusCode.Cancelled:
                    _metrics?.CountCancelled();
                    break;
            }
        }

        return failure;
    }

    /// <summary>Something unforeseen ended the call, unless it is over already.</summary>
    public void End() => Failed(Outcome.Fail(StatusCode.InternalError));

    /// <summary>The result was made into an answer, or could not be: the call is over.</summary>
    public readonly void Answered(bool isSuccess)
    {
        long now = Stopwatch.GetTimestamp();
        if (isSuccess)
        {
            _statistics?.Add(_batchSize, new CallPhases(now - _received, _queue, _input, _infer, now - _since));
        }
        else
        {
            _statistics?.AddFailed(now - _received);
        }

        if (_metrics is not null)
        {
            _metrics.Count(_kind, isSuccess);
            _metrics.Leave();
            if (isSuccess)
            {
                _metrics.Answered(_kind, _received);
            }
        }
    }
}
