using System.Diagnostics;
using System.Globalization;
using Ovms.Observability;
using Ovms.Processes;
using Ovms.Status;

namespace Ovms.Graphs.Interpreters;

/// <summary>
/// A Python node of a served graph: keeps one process with its handler running, for all calls and streams. The handler is called for one
/// of them at a time.
/// </summary>
/// <param name="handler">The handler.</param>
/// <param name="settings">The options.</param>
/// <param name="name">Names the node in the log.</param>
/// <param name="log">The log.</param>
internal sealed class PythonNode(PythonHandler handler, PythonSettings settings, string name, ILogger log) : IDisposable
{
    private const int MostWaiting = 1024;

    /// <summary>Time for a handler's import and initialize.</summary>
    private static readonly TimeSpan s_loading = TimeSpan.FromMinutes(10);

    /// <summary>Time for what runs, and again for finalize.</summary>
    private static readonly TimeSpan s_finishing = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private PythonChild? _child;
    private string _why = "the Python process was not started";
    private int _waiting;
    private long _calls;

    // The longest time in which the handler has returned.
    private TimeSpan _longest;

    /// <summary>The handler.</summary>
    public PythonHandler Handler => handler;

    /// <summary>The node's name, and whose it is.</summary>
    public string Name => name;

    /// <summary>Why calls are refused now; null if they are not.</summary>
    public string? Reason => Volatile.Read(ref _child) is null ? Volatile.Read(ref _why) : null;

    /// <summary>Tells that <see cref="Reason"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>Tells that the process is started again.</summary>
    public event Action? Restarted;

    /// <summary>Starts the process. Called once.</summary>
    /// <returns>Ok when the handler has initialized; else why not, without the node's name.</returns>
    public async Task<Outcome> StartAsync()
    {
        Outcome<PythonChild> started = await BeginAsync().ConfigureAwait(false);
        if (started.IsOk)
        {
            Volatile.Write(ref _child, started.Value);
            _ = KeepAsync(started.Value);
        }

        return started.WithoutValue;
    }

    /// <summary>Calls the handler.</summary>
    /// <param name="inputs">The inputs, whose memory lives until the task is complete.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>The answer, also if the handler raised an exception; a failure if the process cannot be asked or is lost.</returns>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<Outcome<PythonAnswer>> ExecuteAsync(SentTensor[] inputs, CancellationToken cancellation) =>
        AskAsync(new PythonQuestion(Interlocked.Increment(ref _calls), inputs), cancellation);

    /// <summary>Lets a generator go on.</summary>
    /// <inheritdoc cref="ExecuteAsync"/>
    public Task<Outcome<PythonAnswer>> NextAsync(PythonGenerator generator, CancellationToken cancellation) =>
        AskAsync(new PythonQuestion(generator.Call, [], generator), cancellation);

    /// <summary>Gives up a generator, without waiting.</summary>
    public void Drop(PythonGenerator generator) => _ = DropAsync(generator);

    /// <summary>Lets the handler finalize, then ends the process. Waits for it, at most some seconds.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        EndAsync().GetAwaiter().GetResult();
    }

    private async Task<Outcome<PythonAnswer>> AskAsync(PythonQuestion question, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return Outcome.Fail(
                StatusCode.GraphQueueFull,
                $"{MostWaiting} calls wait for its handler, which is called for one at a time; call again later");
        }

        try
        {
            await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        Task? unfinished = null;
        try
        {
            PythonChild? child = Volatile.Read(ref _child);
            if (child is null || (question.Generator is { } generator && generator.Child != child))
            {
                return Down(child is null ? _why : "the Python process in which the generator ran has ended");
            }

            long began = Stopwatch.GetTimestamp();
            PythonAsk ask = child.Ask(question);
            try
            {
                PythonAnswer answer =
                    await ask.Answer.WaitAsync(settings.AnswerTime ?? Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
                Returned(began);
                return answer;
            }
            catch (TimeoutException)
            {
                return await PythonHang.EndAsync(child, ask, settings.AnswerTime!.Value).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await PythonHang.LeaveAsync(child, ask).ConfigureAwait(false);
                unfinished = FinishLateAsync(child, ask.Answer, began);
                throw;
            }
            catch (Exception lost) when (PythonChild.IsLoss(lost))
            {
                return Down(await child.WhyLostAsync(lost).ConfigureAwait(false));
            }
        }
        finally
        {
            _ = ReleaseAsync(unfinished);
        }
    }

    private async Task FinishLateAsync(PythonChild child, Task<PythonAnswer> answer, long began)
    {
        await PythonHang.FinishLateAsync(child, answer, _longest).ConfigureAwait(false);
        Returned(began);
    }

    // The turn is held.
    private void Returned(long began)
    {
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        _longest = took > _longest ? took : _longest;
    }

    private async Task ReleaseAsync(Task? unfinished)
    {
        if (unfinished is not null)
        {
            await unfinished.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _turn.Release();
    }

    private async Task DropAsync(PythonGenerator generator)
    {
        try
        {
            await _turn.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            if (generator.Child == Volatile.Read(ref _child))
            {
                await generator.Child.DropAsync(generator).ConfigureAwait(false);
            }
        }
        catch (Exception lost) when (PythonChild.IsLoss(lost))
        {
            // The generator ended with its process.
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task<Outcome<PythonChild>> BeginAsync() => PythonChild.StartAsync(settings, handler, name, s_loading, log, _stop.Token);

    // Starts the process again as often as it ends.
    private async Task KeepAsync(PythonChild child)
    {
        CancellationToken stop = _stop.Token;
        RestartPause pauses = new();
        while (true)
        {
            string why = child.Described(await child.Ended.ConfigureAwait(false));
            TimeSpan lived = child.Lived;
            Outcome<PythonChild> next;
            do
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                TimeSpan pause = pauses.Next(lived);
                lived = TimeSpan.Zero;
                Fall(string.Create(CultureInfo.InvariantCulture, $"{why}; it is started again in {pause.TotalSeconds} s"));
                child.Dispose();
                await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!stop.IsCancellationRequested)
                {
                    Restarted?.Invoke();
                }

                next = await BeginAsync().ConfigureAwait(false);
                why = next.Detail ?? "";
            }
            while (!next.IsOk);

            child = next.Value;
            Volatile.Write(ref _child, child);
            Log.Note(log, $"{name}: the Python process runs again");
            Changed?.Invoke();
            if (stop.IsCancellationRequested)
            {
                child.Dispose();
                return;
            }
        }
    }

    private void Fall(string why)
    {
        Volatile.Write(ref _why, why);
        Volatile.Write(ref _child, null);
        Log.Warning(log, $"{name}: {why}");
        Changed?.Invoke();
    }

    private async Task EndAsync()
    {
        bool isFree = await _turn.WaitAsync(s_finishing).ConfigureAwait(false);
        if (Volatile.Read(ref _child) is not { } child)
        {
            return;
        }

        try
        {
            await (isFree ? child.FinishAsync() : Task.CompletedTask).WaitAsync(s_finishing).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.Warning(log, $"{name}: finalize did not return within {s_finishing.TotalSeconds} s; the Python process was ended");
        }
        catch (Exception lost) when (PythonChild.IsLoss(lost))
        {
            Log.Warning(log, $"{name}: {await child.WhyLostAsync(lost).ConfigureAwait(false)} in finalize");
        }

        child.Dispose();
    }

    private static Outcome Down(string why) => Outcome.Fail(StatusCode.PythonNodeDown, why);
}
