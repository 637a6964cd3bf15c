using System.Collections.Concurrent;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Runs the steps of a look, each of which reads from a disk that may not answer. A step that takes too long is left behind with its
/// thread, and the others run on another one. Used by one look at a time.
/// </summary>
/// <param name="limit">How long a step may take.</param>
internal sealed class LookSteps(TimeSpan limit)
{
    /// <summary>More threads are not left behind.</summary>
    public const int MostLeftBehind = 16;

    // After one that did not answer, the others of the same look are given less: a disk that is gone has many folders.
    private const int HasteAfterOne = 10;

    private readonly Dictionary<string, Task> _leftBehind = new(StringComparer.Ordinal);
    private Worker? _worker;
    private TimeSpan _limit = limit;

    /// <summary>How long a step may take.</summary>
    public TimeSpan Limit { get; } = limit;

    /// <summary>Begins a look.</summary>
    public void BeginLook() => _limit = Limit;

    /// <summary>
    /// Runs a step. While an earlier one of the same name has not ended, it is not run; when that has ended since, its result is taken.
    /// </summary>
    /// <param name="name">What is looked at.</param>
    /// <param name="step">Does it.</param>
    /// <param name="result">What it gave; there only on success.</param>
    /// <returns>False where it takes too long.</returns>
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
            Forget();
            _leftBehind[name] = running;
            _worker = null;
            worker.End();
            _limit = Limit / HasteAfterOne;
            return false;
        }

        result = running.GetAwaiter().GetResult();
        return true;
    }

    // What has ended and was not asked for since will hardly be.
    private void Forget()
    {
        foreach (string ended in _leftBehind.Where(static step => step.Value.IsCompleted).Select(static step => step.Key).ToArray())
        {
            _leftBehind.Remove(ended);
        }
    }

    /// <summary>One thread that runs what it is given, one after the other.</summary>
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
                    // It is thrown where the step is waited for.
                    done.SetException(surprise);
                }
            });
            return done.Task;
        }

        /// <summary>The thread ends after the step that it is at.</summary>
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
