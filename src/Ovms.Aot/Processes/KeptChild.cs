using System.Globalization;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Processes;

/// <summary>Keeps one child running: when it ends, it is started and prepared again, after pauses that grow.</summary>
internal sealed class KeptChild : IDisposable
{
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    private readonly ChildStart _start;
    private readonly Func<FramedChild, CancellationToken, Task<Outcome>> _prepare;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Outcome> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile FramedChild? _current;
    private volatile string _reason;

    /// <summary>Starts the first child.</summary>
    /// <param name="start">What is started.</param>
    /// <param name="prepare">Makes a new child ready; why it cannot be, if it fails. A child that ends meanwhile needs no care.</param>
    /// <param name="log">Receives the lines of the child's standard error, and its ends.</param>
    public KeptChild(ChildStart start, Func<FramedChild, CancellationToken, Task<Outcome>> prepare, ILogger log)
    {
        (_start, _prepare, _log) = (start, prepare, log);
        _reason = $"{start.Name} is being started";
        Over = Task.Run(KeepAsync);
    }

    /// <summary>Raised, on any thread, when a child has become ready or has ended. Handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>Raised when a child is started again. Handlers must be quick.</summary>
    public event Action? Restarted;

    /// <summary>The child that is ready; null while there is none.</summary>
    public FramedChild? Current => _current;

    /// <summary>Why there is no child now.</summary>
    public string Reason => _reason;

    /// <summary>Completes when the first child is ready, or with why it is not: then no other is started.</summary>
    public Task<Outcome> First => _first.Task;

    /// <summary>Completes when nothing runs any more: after <see cref="Dispose"/>, or after a first start that failed.</summary>
    public Task Over { get; }

    /// <summary>Lets the child end, and starts no other. Does not wait: see <see cref="Over"/>.</summary>
    public void Dispose() => _stop.Cancel();

    private async Task KeepAsync()
    {
        RestartPause pause = new();
        while (!_stop.IsCancellationRequested)
        {
            (string end, TimeSpan lived) = await RunAsync().ConfigureAwait(false);
            if (_stop.IsCancellationRequested || (_first.Task.IsCompleted && !_first.Task.Result.IsOk))
            {
                break;
            }

            TimeSpan wait = pause.Next(lived);
            string seconds = wait.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            _reason = $"{end}. It is started again after {seconds} s";
            Log.Warning(_log, _reason);
            Changed?.Invoke();
            await Task.Delay(wait, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stop.IsCancellationRequested)
            {
                Restarted?.Invoke();
            }
        }

        _first.TrySetResult(Outcome.Fail(StatusCode.ChildProcessFailed, $"{_start.Name} is not needed any more."));
    }

    // One child, from its start to its end; tells both in a sentence.
    private async Task<(string End, TimeSpan Lived)> RunAsync()
    {
        Outcome<FramedChild> started = FramedChild.Start(_start, _log);
        if (!started.IsOk)
        {
            _first.TrySetResult(started.WithoutValue);
            return (started.Detail!, TimeSpan.Zero);
        }

        using FramedChild child = started.Value;
        Outcome ready = await PrepareAsync(child).ConfigureAwait(false);
        if (!ready.IsOk)
        {
            _first.TrySetResult(ready);
            child.Kill("was ended: it did not become ready");
            return ($"{_start.Name} does not become ready: {ready.Detail ?? ready.Text}", TimeSpan.Zero);
        }

        _current = child;
        _first.TrySetResult(ready);
        Changed?.Invoke();
        await ((Task)child.Ended).WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _current = null;
        if (_stop.IsCancellationRequested)
        {
            await child.StopAsync(s_farewell).ConfigureAwait(false);
        }

        return ($"{_start.Name} {await child.Ended.ConfigureAwait(false)}", child.Lived);
    }

    private async Task<Outcome> PrepareAsync(FramedChild child)
    {
        try
        {
            return await _prepare(child, _stop.Token).WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Outcome.Fail(StatusCode.ChildProcessFailed, "it is not needed any more");
        }
    }
}
