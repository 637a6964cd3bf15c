using System.Diagnostics;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Serving.Batches;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>Counts and times one inference call, from the arrival of its message until its answer is written or rejected.</summary>
/// <remarks>
/// It is a field of <see cref="ModelCall"/>, so that measuring allocates nothing. A call goes through <see cref="Begin"/>,
/// <see cref="Prepared"/>, <see cref="Waited"/>, <see cref="Bound"/>, <see cref="Inferred"/> and <see cref="Written"/>, in this order, and
/// may fail after any of them. The first of <see cref="Failed"/>, <see cref="End"/> and <see cref="Abandon"/> is final.
/// </remarks>
/// <param name="servable">The servable that is called.</param>
/// <param name="origin">The API and transport of the call.</param>
internal struct CallMeter(Servable servable, CallOrigin origin)
{
    private readonly ServableMetrics? _metrics = servable.Metrics;
    private readonly CallStatistics _statistics = servable.Statistics;
    private readonly CallKind? _kind = origin == CallOrigin.Composed ? null : origin.InferenceKind();

    // 0 while the message arrives: the caller determines how long that takes.
    private long _received = 0;
    private long _since = 0;
    private long _queue = 0;
    private long _input = 0;
    private long _infer = 0;
    private long _batchSize = 0;
    private long _written = 0;
    private bool _isInProgress = false;
    private bool _isInferred = false;
    private bool _isOver = false;
    private BatchRun? _run = null;

    /// <summary>The message has arrived.</summary>
    /// <param name="received">The stopwatch timestamp of its last byte; 0 = now.</param>
    public void Begin(long received)
    {
        _received = _since = received == 0 ? Stopwatch.GetTimestamp() : received;
        _isInProgress = true;
        if (_kind is not null)
        {
            _metrics?.Enter();
        }
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
        _isInferred = true;
    }

    /// <summary>A composed call succeeded. Its parts count their own waits and inferences.</summary>
    /// <param name="batchSize">Number of samples in the batch.</param>
    public void Composed(long batchSize)
    {
        long now = Stopwatch.GetTimestamp();
        _infer = now - _since;
        _since = now;
        _batchSize = batchSize;
        _isInferred = true;
    }

    /// <summary>
    /// The call was computed together with others. Stands for <see cref="Waited"/>, <see cref="Bound"/> and <see cref="Inferred"/>.
    /// </summary>
    /// <param name="run">The inference.</param>
    /// <param name="call">The call's place in it.</param>
    public void InferredTogether(BatchRun run, BatchCall call)
    {
        _queue = run.Began - _since;
        _input += run.Bound - run.Began;
        _infer = run.Ended - run.Bound;
        _since = run.Ended;
        _batchSize = call.Rows;
        _run = run;
        _isInferred = true;
        _metrics?.Computed(new CallPhases(0, _queue, 0, _infer, 0));
        _metrics?.CountTogether(isFirst: call.IsHost);
    }

    /// <summary>The call ended without a result.</summary>
    public void Failed(Outcome failure)
    {
        if (!TryEnd())
        {
            return;
        }

        _statistics.AddFailed(_received == 0 ? 0 : Stopwatch.GetTimestamp() - _received);
        Count(isSuccess: false);
        switch (failure.Code)
        {
            case StatusCode.QueueFull:
                _metrics?.CountRefused();
                break;

            // A caller that leaves while it gets the answer has cancelled nothing.
            case StatusCode.Cancelled when !_isInferred:
                _metrics?.CountCancelled();
                break;
        }
    }

    /// <summary>
    /// The infer request is returned: the outputs are written, or belong to the call. The durations end here, and the call is no longer in
    /// progress, however slowly its caller reads.
    /// </summary>
    public void Written()
    {
        _written = Stopwatch.GetTimestamp();
        Leave();
    }

    /// <summary>The call has ended. Ignored if it ended before.</summary>
    /// <param name="outcome">Ok if the caller has the answer, as far as the server can see; else the reason.</param>
    public void End(Outcome outcome)
    {
        if (!outcome.IsOk)
        {
            Failed(outcome);
            return;
        }

        if (TryEnd())
        {
            // Graphs and pipelines report when they have the outputs, with which they hold the infer request.
            _written = _written == 0 ? Stopwatch.GetTimestamp() : _written;
            CallPhases phases = new(_written - _received, _queue, _input, _infer, _written - _since);
            if (_run is null)
            {
                _statistics.Add(_batchSize, phases);
            }
            else
            {
                // The first that is answered stands for the one inference of all.
                _statistics.AddTogether(_batchSize, _run.TryCount() ? _run.Rows : 0, phases);
            }

            _run = null;
            Count(isSuccess: true);
            if (_kind is { } kind)
            {
                _metrics?.Answered(kind, _received, _written);
            }
        }
    }

    /// <summary>The call turns out to be another model's: it is not counted.</summary>
    public void Abandon() => _isOver = true;

    private readonly void Count(bool isSuccess)
    {
        if (_kind is { } kind)
        {
            _metrics?.Count(kind, isSuccess);
        }
    }

    private bool TryEnd()
    {
        bool isFirst = !_isOver;
        _isOver = true;
        Leave();
        return isFirst;
    }

    private void Leave()
    {
        if (_isInProgress)
        {
            _isInProgress = false;
            if (_kind is not null)
            {
                _metrics?.Leave();
            }
        }
    }
}
