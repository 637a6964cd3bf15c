using System.Collections.Concurrent;

namespace Ovms.Processes;

/// <summary>
/// Starts processes on one thread that lives as long as this process. On Linux a child that asked for a signal at its parent's death gets
/// it when the thread that started it ends, and threads of the pool end when they are idle.
/// </summary>
internal static class StartThread
{
    private const int StackBytes = 256 << 10;
    private static readonly BlockingCollection<Action> s_work = [];
    private static readonly Lock s_gate = new();
    private static bool s_isRunning;

    /// <summary>Runs a start on that thread and waits for it.</summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="start">The start; its exceptions are thrown here.</param>
    public static T Run<T>(Func<T> start)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        s_work.Add(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        Begin();
        return done.Task.GetAwaiter().GetResult();
    }

    private static void Begin()
    {
        lock (s_gate)
        {
            if (!s_isRunning)
            {
                new Thread(Loop, StackBytes) { IsBackground = true, Name = "child starts" }.Start();
                s_isRunning = true;
            }
        }
    }

    private static void Loop()
    {
        foreach (Action work in s_work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
