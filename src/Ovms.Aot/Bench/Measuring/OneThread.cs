using System.Collections.Concurrent;

namespace Ovms.Bench.Measuring;

/// <summary>
/// A thread that runs what it is given, one after the other. The engine computes on the thread that calls it and prepares itself for each
/// new one, which a server with a thread for each model pays once.
/// </summary>
internal sealed class OneThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Starts it.</summary>
    public OneThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "raw" };
        _thread.Start();
    }

    /// <summary>Runs the work on the thread.</summary>
    /// <returns>Completes when it is done; with its exception if it throws.</returns>
    public Task RunAsync(Action work)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    /// <summary>Ends it when it has done what it was given.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
