using Ovms.Status;

namespace Ovms.Generation.Requests;

/// <summary>
/// Decides which requests may wait for the engine, so that what they hold is bounded. Counts sequences: a request has one for each answer.
/// Thread-safe.
/// </summary>
/// <param name="running">Maximum number of sequences that are computed at a time.</param>
/// <param name="waiting">Maximum number of sequences that wait.</param>
/// <param name="clock">The source of time.</param>
internal sealed class Admission(int running, int waiting, TimeProvider clock)
{
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private int _sequences;
    private double _secondsEach = 1;
    private long _lastEnd;

    /// <summary>Sequences that run or wait.</summary>
    public int Sequences => Volatile.Read(ref _sequences);

    /// <summary>
    /// When a caller who was refused may try again: the time in which a tenth of the queue ended lately; from 1 second to 1 minute.
    /// </summary>
    public TimeSpan RetryAfter
    {
        get
        {
            lock (_gate)
            {
                double seconds = _secondsEach * Math.Max(1, waiting / 10);
                return TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(seconds), 1, s_longestRetry.TotalSeconds));
            }
        }
    }

    /// <summary>Admits a request's sequences, each until <see cref="Leave"/>.</summary>
    public Outcome TryEnter(int sequences)
    {
        if (sequences > running)
        {
            return Outcome.Fail(
                StatusCode.GenerationInvalid,
                $"{sequences} answers were asked for; at most {running} sequences are computed at a time (max_num_seqs)");
        }

        lock (_gate)
        {
            if (_sequences + sequences > running + waiting)
            {
                return Outcome.Fail(
                    StatusCode.GenerationQueueFull,
                    $"{_sequences} sequences run or wait, the limit is {running + waiting}; try again later");
            }

            _sequences += sequences;
            return Outcome.Ok;
        }
    }

    /// <summary>A sequence ended.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            // The mean time between two ends, which the latest ones dominate. A pause without load counts as one second at most.
            long now = clock.GetTimestamp();
            double seconds = _lastEnd == 0 ? 1 : clock.GetElapsedTime(_lastEnd, now).TotalSeconds;
            _secondsEach += (Math.Min(seconds, _sequences > running ? 60 : 1) - _secondsEach) / 16;
            _lastEnd = now;
            _sequences--;
        }
    }
}
