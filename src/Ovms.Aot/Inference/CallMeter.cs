using System.Diagnostics;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>
/// Counts and times one inference call, from the moment its message has come until its answer was written or refused. Lives in the
/// <see cref="ModelCall"/>, so that measuring allocates nothing. Its methods are called in the order in which they stand here.
/// </summary>
/// <param name="servable">Whose call it is.</param>
/// <param name="origin">Where it came from.</param>
internal struct CallMeter(Servable servable, CallOrigin origin)
{
    private readonly ServableMetrics? _metrics = servable.Metrics;
    private readonly CallStatistics _statistics = servable.Statistics;
    private readonly CallKind _kind = origin.InferenceKind();

    // 0 while the message comes: how long that takes is the caller's doing.
    private long _received = 0;
    private long _since = 0;
    private long _queue = 0;
    private long _input = 0;
    private long _infer = 0;
    private long _batchSize = 0;
    private long _written = 0;
    private bool _isOver = false;

    /// <summary>The message is there.</summary>
    /// <param name="received">When its last byte had come, by the stopwatch; 0 = now.</param>
    public void Begin(long received)
    {
        _received = _since = received == 0 ? Stopwatch.GetTimestamp() : received;
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
    public void Failed(Outcome failure)
    {
        if (!TryEnd())
        {
            return;
        }

        _statistics.AddFailed(_received == 0 ? 0 : Stopwatch.GetTimestamp() - _received);
        _metrics?.Count(_kind, isSuccess: false);
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

    /// <summary>The outputs are in an answer, or will be sent from where they lie: the durations end here, the call does not.</summary>
    public void Written() => _written = Stopwatch.GetTimestamp();

    /// <summary>The call has ended. Does nothing where it is over.</summary>
    /// <param name="outcome">Ok where the caller got the answer; else why not, as far as the server could see.</param>
    public void End(Outcome outcome)
    {
        if (!outcome.IsOk)
        {
            Failed(outcome);
            return;
        }

        if (TryEnd())
        {
            _statistics.Add(_batchSize, new CallPhases(_written - _received, _queue, _input, _infer, _written - _since));
            _metrics?.Count(_kind, isSuccess: true);
            _metrics?.Answered(_kind, _received, _written);
        }
    }

    /// <summary>The call turns out to be another model's: it is not counted.</summary>
    public void Abandon() => _isOver = true;

    private bool TryEnd()
    {
        bool isFirst = !_isOver;
        _isOver = true;
        if (isFirst && _received != 0)
        {
            _metrics?.Leave();
        }

        return isFirst;
    }
}
