using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// One thread of another process that stands still, as if what it called never returned. Linux lets the thread that froze it thaw it, so a
/// thread of the tests waits for that. Disposal thaws it, unless its process has ended.
/// </summary>
internal sealed class FrozenThread : IAsyncDisposable
{
    private const int Seize = 0x4206;
    private const int Interrupt = 0x4207;
    private const int Detach = 17;
    private const int AnyThread = 0x40000000;
    private const int NoHang = 1;

    private readonly TaskCompletionSource _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _ends = new();

    private FrozenThread(int thread) => new Thread(() => Hold(thread)) { IsBackground = true, Name = "tracer" }.Start();

    /// <summary>Freezes the thread of a name; skips the test where the system forbids it.</summary>
    public static async Task<FrozenThread> FreezeAsync(int process, string name)
    {
        string folder = Directory.EnumerateDirectories($"/proc/{process}/task")
            .Single(thread => File.ReadAllText(Path.Combine(thread, "comm")).Trim() == name);
        FrozenThread frozen = new(int.Parse(Path.GetFileName(folder), null));
        try
        {
            await frozen._frozen.Task.WaitAsync(OvmsProcess.Patience);
        }
        catch (Win32Exception refused)
        {
            Skip.Test($"ptrace: {refused.Message}");
        }

        return frozen;
    }

    /// <summary>Lets it go on.</summary>
    public async Task ThawAsync()
    {
        _ends.Set();
        await _thawed.Task.WaitAsync(OvmsProcess.Patience);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ThawAsync();
        _ends.Dispose();
    }

    private void Hold(int thread)
    {
        if (Trace(Seize, thread, 0, 0) != 0 || Trace(Interrupt, thread, 0, 0) != 0)
        {
            _frozen.SetException(new Win32Exception(Marshal.GetLastPInvokeError()));
            _thawed.SetResult();
            return;
        }

        _ = WaitFor(thread, out _, AnyThread);
        _frozen.SetResult();

        // A process ends only when its tracer has taken notice of the thread's end.
        while (!_ends.Wait(TimeSpan.FromMilliseconds(20)) && WaitFor(thread, out _, AnyThread | NoHang) == 0)
        {
        }

        _ = Trace(Detach, thread, 0, 0);
        _thawed.SetResult();
    }

    [DllImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static extern nint Trace(nint request, nint thread, nint address, nint data);

    [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static extern int WaitFor(int thread, out int status, int options);
}
