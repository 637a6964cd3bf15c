using System.Diagnostics;
using System.Security;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>
/// Replaces a configuration file atomically: readers see the old or the new text, also after a crash. A lock file serializes changes
/// across processes.
/// </summary>
internal static class ConfigFileWriter
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads the file, changes its text and writes it.</summary>
    /// <param name="path">The file; a link is followed and stays a link.</param>
    /// <param name="whenAbsent">The text to start from if the file is missing; null if it must exist.</param>
    /// <param name="change">Returns the new text.</param>
    public static Outcome Change(string path, ReadOnlyMemory<byte>? whenAbsent, Func<ReadOnlyMemory<byte>, Outcome<byte[]>> change)
    {
        try
        {
            string file =
                (Path.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
            using FileStream? lockFile = TakeLock(file);
            if (lockFile is null)
            {
                return Outcome.Fail(
                    StatusCode.ConfigFileInvalid,
                    $"Another process has been changing the file for {s_limit.TotalSeconds} s; try again, or delete {LockOf(file)}.");
            }

            Outcome<byte[]> text = File.Exists(file) || whenAbsent is null ? ConfigDocument.ReadBytes(file) : whenAbsent.Value.ToArray();
            Outcome<byte[]> changed = text.IsOk ? change(text.Value) : text;
            if (changed.IsOk)
            {
                Replace(file, changed.Value);
            }

            return changed.IsOk ? Outcome.Ok : changed.WithoutValue;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SecurityException)
        {
            return Outcome.Fail(StatusCode.ConfigFileInvalid, $"It cannot be written: {failure.Message}");
        }
    }

    // A separate file, because the configuration file is replaced. It is never deleted, because another process may already wait for it.
    private static string LockOf(string file) => Beside(file, ".lock");

    private static string Beside(string file, string ending) =>
        Path.Combine(Path.GetDirectoryName(file)!, "." + Path.GetFileName(file) + ending);

    private static FileStream? TakeLock(string file)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(LockOf(file), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException busy) when (busy is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
            {
                if (Stopwatch.GetElapsedTime(begun) > s_limit)
                {
                    return null;
                }

                Thread.Sleep(s_pause);
            }
        }
    }

    private static void Replace(string file, byte[] text)
    {
        // A leftover of a crash is overwritten: only the holder of the lock writes here.
        string aside = Beside(file, ".new");
        try
        {
            using (FileStream stream = new(aside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(text);
                if (!OperatingSystem.IsWindows() && File.Exists(file))
                {
                    File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(file));
                }

                // Flushed to disk before the name points to it.
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, file, overwrite: true);
        }
        catch
        {
            // After a failure, such as a full disk, no partial file stays.
            File.Delete(aside);
            throw;
        }
    }
}
