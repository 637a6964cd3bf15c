using Ovms.Observability;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// Watches for a step that does not end. It looks every few seconds, from a timer, because the engine's thread is inside the step.
/// </summary>
internal sealed class StepWatch : IDisposable
{
    private const double Factor = 30;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _model;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private long _began;
    private double _limit;
    private int _promptTokens;
    private int _decodes;
    private readonly Action<string?>? _changed;
    private volatile string? _stuck;

    /// <summary>Starts the timer.</summary>
    /// <param name="model">The model's name, for the log.</param>
    /// <param name="clock">The source of time.</param>
    /// <param name="log">The log.</param>
    /// <param name="changed">Gets why the model cannot compute, and null when it can again.</param>
    public StepWatch(string model, TimeProvider clock, ILogger log, Action<string?>? changed = null)
    {
        (_model, _clock, _log, _changed) = (model, clock, log, changed);
        _timer = clock.CreateTimer(static state => ((StepWatch)state!).Look(), this, s_period, s_period);
    }

    /// <summary>The shortest duration at which a step counts as stuck, in seconds.</summary>
    public static double LeastSeconds => 60;

    /// <summary>Why the model is not ready; null if no step is stuck.</summary>
    public string? Stuck => _stuck;

    /// <summary>A step begins.</summary>
    /// <param name="promptTokens">Its tokens of prompts.</param>
    /// <param name="decodes">Its other sequences.</param>
    /// <param name="estimate">How long it is likely to take, in seconds.</param>
    public void Begin(int promptTokens, int decodes, double estimate)
    {
        lock (_gate)
        {
            _began = Math.Max(1, _clock.GetTimestamp());
            _limit = Math.Max(LeastSeconds, Factor * estimate);
            (_promptTokens, _decodes) = (promptTokens, decodes);
        }
    }

    /// <summary>The step ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            _began = 0;
            if (_stuck is not null)
            {
                _stuck = null;
                Log.Note(_log, $"Language model {_model}: the step that took too long has ended; the model is ready again");

                // Inside the lock: what is told last must be what is so.
                _changed?.Invoke(null);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            if (_began == 0 || _stuck is not null)
            {
                return;
            }

            double seconds = _clock.GetElapsedTime(_began).TotalSeconds;
            if (seconds < _limit)
            {
                return;
            }

            _stuck = $"a step of {_decodes} sequences and {_promptTokens} prompt tokens runs for more than {_limit:F0} s";
            Log.Failure(_log, $"Language model {_model}: {_stuck}; the model is not ready until it ends");
            _changed?.Invoke(_stuck);
        }
    }
}
