using System.Diagnostics;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>Counts and times one inference call, from the arrival of its message until its answer is written or rejected.</summary>
/// <remarks>
/// It is a field of <see cref="ModelCall"/>, so that measuring allocates nothing. Its methods are called in the order in which they are
/// declared.
/// </remarks>
/// <param name="servable">The servable that is called.</param>
/// <param name="origin">The API and transport of the call.</param>
internal struct CallMeter(Servable servable, CallOrigin origin)
{
    private readonly ServableMetrics? _metrics = servable.Metrics;
    private readonly CallStatistics _statistics = servable.Statistics;
    private readonly CallKind _kind = origin.InferenceKind();

    // 0 while the message arrives: the caller determines how long that takes.
    private long _received = 0;
    private long _since = 0;
    private long _queue = 0;
    private long _input = 0;
    private long _infer = 0;
    private long _batchSize = 0;
    private long _written = 0;
    private bool _isOver = false;

    /// <summary>The message has arrived.</summary>
    /// <param name="received">The stopwatch timestamp of its last byte; 0 = now.</param>
    public void Begin(long received)
    {
        _received = _since = received == 0 ? Stopwatch.GetTimestamp() : received;
        _metrics?.Enter();
    }

    /// <summary>The request is checked and converted. The wait for an infer request begins.</summary>
    public void Prepared()
    {
        long now = Stopwatch.GetTimestamp();
        _input = now - _since;
        _since = now;
    }

    /// <summary>The call has got its infer request.</summary>
    public void Waited()
    {
        long now = _metrics?.Waited(_since) ?? Stopwatch.GetTimestamp();
        _queue = now - _since;
        _since = now;
    }

    /// <summary>The engine has the tensors. The inference begins.</summary>
    public void Bound()
    {
        long now = Stopwatch.GetTimestamp();
        _input += now - _since;
        _since = now;
    }

    /// <summary>The inference succeeded.</summary>
    /// <param name="batchSize">Number of samples in the batch.</param>
    public void Inferred(long batchSize)
    {
        long now = _metrics?.Inferred(_since) ?? Stopwatch.GetTimestamp();
        _infer = now - _since;
        _since = now;
        _batchSize = batchSize;
    }

    /// <summary>The call ended without a result.</summary>
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
