using System.Runtime.InteropServices;

namespace Ovms.Tests.Setup;

/// <summary>Makes named pipes, which a plain open for reading waits at for ever. Linux alone.</summary>
internal static class NamedPipe
{
    private const uint ReadAndWrite = 0b110_000_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Makes one, with the folders above it, in place of a file that may be there.</summary>
    /// <returns>Its path.</returns>
    public static string Make(string path)
    {
        Skip.Unless(OperatingSystem.IsLinux(), "Named pipes are files on Linux alone.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        return MakePipe(path, ReadAndWrite) == 0 ? path : throw new InvalidOperationException($"The pipe {path} could not be made.");
    }

    /// <summary>Runs what would wait for ever if it opened a pipe; then the test fails instead of the run.</summary>
    public static Task<T> WithoutWaiting<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(s_patience);

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
