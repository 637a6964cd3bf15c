using System.Collections.Concurrent;

namespace Ovms.Serving.Lifecycle;

/// <summary>Runs the steps of a look, each of which reads from a disk that may not answer. Used by one look at a time.</summary>
/// <remarks>A step that exceeds the time limit is abandoned with its thread, and the remaining steps run on another thread.</remarks>
/// <param name="limit">The time limit of a step.</param>
internal sealed class LookSteps(TimeSpan limit)
{
    /// <summary>Maximum number of abandoned threads.</summary>
    public const int MostLeftBehind = 16;

    // After a timeout, the limit of the other steps of the same look is divided by this: a disk that is gone has many folders.
    private const int LimitDivisorAfterTimeout = 10;

    private readonly Dictionary<string, Task> _leftBehind = new(StringComparer.Ordinal);
    private Worker? _worker;
    private TimeSpan _limit = limit;

    /// <summary>The time limit of a step.</summary>
    public TimeSpan Limit { get; } = limit;

    /// <summary>Begins a look, with the full time limit.</summary>
    public void BeginLook() => _limit = Limit;

    /// <summary>Runs a step within the time limit.</summary>
    /// <remarks>
    /// If an earlier step of the same name still runs, the new one is not run. If it has completed since, its result is returned instead.
    /// </remarks>
    /// <param name="name">The name of what the step reads.</param>
    /// <param name="step">The step.</param>
    /// <param name="result">The step's result; only set on success.</param>
    /// <returns>False if the step takes too long.</returns>
    public bool TryRun<T>(string name, Func<T> step, out T? result)
    {
        result = default;
        if (_leftBehind.TryGetValue(name, out Task? earlier))
        {
            if (!earlier.IsCompleted)
            {
                return false;
            }

            _leftBehind.Remove(name);
            if (earlier is Task<T> { IsCompletedSuccessfully: true } late)
            {
                result = late.Result;
                return true;
            }
        }

        if (_leftBehind.Values.Count(static task => !task.IsCompleted) >= MostLeftBehind)
        {
            return false;
        }

        Worker worker = _worker ??= new Worker();
        Task<T> running = worker.Run(step);
        if (Task.WaitAny([running], _limit) < 0)
        {
            RemoveCompleted();
            _leftBehind[name] = running;
            _worker = null;
            worker.End();
            _limit = Limit / LimitDivisorAfterTimeout;
            return false;
        }

        result = running.GetAwaiter().GetResult();
        return true;
    }

    // Completed steps whose result was not requested since are unlikely to be requested again.
    private void RemoveCompleted()
    {
        foreach (string ended in _leftBehind.Where(static step => step.Value.IsCompleted).Select(static step => step.Key).ToArray())
        {
            _leftBehind.Remove(ended);
        }
    }

    /// <summary>A thread that runs steps one after the other.</summary>
    private sealed class Worker
    {
        private readonly BlockingCollection<Action> _work = [];

        public Worker() => new Thread(Run) { IsBackground = true, Name = "look" }.Start();

        public Task<T> Run<T>(Func<T> step)
        {
            TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _work.Add(() =>
            {
                try
                {
                    done.SetResult(step());
                }
                catch (Exception surprise)
                {
                    // Rethrown where the step is awaited.
                    done.SetException(surprise);
                }
            });
            return done.Task;
        }

        /// <summary>Ends the thread after its current step.</summary>
        public void End() => _work.CompleteAdding();

        private void Run()
        {
            foreach (Action step in _work.GetConsumingEnumerable())
            {
                step();
            }

            _work.Dispose();
        }
    }
}
