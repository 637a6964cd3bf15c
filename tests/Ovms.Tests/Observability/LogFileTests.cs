using Ovms.Observability;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Observability;

public sealed class LogFileTests
{
    [Test]
    public async Task FileThatOpensTooLate_IsClosedAgain()
    {
        using TemporaryFolder folder = new();
        using ManualResetEventSlim disk = new();
        TaskCompletionSource<FileStream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        FileStream Open(string path)
        {
            disk.Wait();
            FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            opened.SetResult(stream);
            return stream;
        }

        bool isOpen = LogFile.TryOpen(folder["log"], Open, TimeSpan.FromMilliseconds(1), out LogFile? file, out string? why);
        await Assert.That(isOpen).IsFalse();
        await Assert.That(file).IsNull();
        await Assert.That(why!).Contains("did not open within");

        disk.Set();
        FileStream late = await opened.Task.WaitAsync(TimeSpan.FromSeconds(60));
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (late.CanWrite && !patience.IsCancellationRequested)
        {
            await Task.Yield();
        }

        await Assert.That(late.CanWrite).IsFalse();
    }
}
