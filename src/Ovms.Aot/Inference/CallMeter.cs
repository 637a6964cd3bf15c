using System.Diagnostics;
using Ovms.Observability.Metrics;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>
/// Counts and times one inference call, from the moment its servable is known until its answer was written or refused. Does nothing, and
/// does not look at the clock, while metrics are off.
/// </summary>
internal struct CallMeter
{
    private readonly ServableMetrics? _metrics;
    private readonly CallKind _kind;
    private readonly long _received;
    private long _since;
    private bool _isOver;

    /// <summary>The call found its servable.</summary>
    public CallMeter(ServableMetrics? metrics, InferMessage message)
    {
        _metrics = metrics;
        if (metrics is not null)
        {
            _kind = message.Origin.InferenceKind();
            _since = Stopwatch.GetTimestamp();
            _received = message.Received == 0 ? _since : message.Received;
            metrics.Enter();
        }
    }

    /// <summary>The wait for an infer request begins, or the inference.</summary>
    public void Begin() => _since = _metrics is null ? 0 : Stopwatch.GetTimestamp();

    /// <summary>The infer request is there.</summary>
    public readonly void Waited() => _metrics?.Waited(_since);

    /// <summary>The inference went well.</summary>
    public readonly void Inferred() => _metrics?.Inferred(_since);

    /// <summary>There is no result: the call is over.</summary>
    /// <returns>What came in.</returns>
    public Outcome Failed(Outcome failure)
    {
        if (_metrics is not null && !_isOver)
        {
            _isOver = true;
            _metrics.Count(_kind, isSuccess: false);
            _metrics.Leave();
            switch (failure.Code)
            {
                case StatusCode.QueueFull:
                    _metrics.CountRefused();
                    break;
                case StatusCode.Cancelled:
                    _metrics.CountCancelled();
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
