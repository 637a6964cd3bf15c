using System.Diagnostics;
using System.Security;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>
/// Replaces a configuration file in one step: whoever reads it sees the old text or the new one, also after a crash. One change at a
/// time, whichever process makes it.
/// </summary>
internal static class ConfigFileWriter
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads the file, changes its text and writes it.</summary>
    /// <param name="path">The file; a link is followed, so that it stays one.</param>
    /// <param name="whenAbsent">The text of a file that is not there; null where it has to be there.</param>
    /// <param name="change">Gives the new text.</param>
    public static Outcome Change(string path, ReadOnlyMemory<byte>? whenAbsent, Func<ReadOnlyMemory<byte>, Outcome<byte[]>> change)
    {
        try
        {
            string file = (Path.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
            using FileStream? turn = TakeTurn(file);
            if (turn is null)
            {
                return Outcome.Fail(StatusCode.ConfigFileInvalid, $"Another process has been changing the file for {s_limit.TotalSeconds} s; try again, or delete {LockOf(file)}.");
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

    // A file of its own, because the configuration file is replaced; it stays, because another may be waiting for it already.
    private static string LockOf(string file) => Beside(file, ".lock");

    private static string Beside(string file, string ending) => Path.Combine(Path.GetDirectoryName(file)!, "." + Path.GetFileName(file) + ending);

    private static FileStream? TakeTurn(string file)
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
        // What a crash left under this name is overwritten: only who has the turn writes here.
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

                // On the disk before the name points to it.
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, file, overwrite: true);
        }
        catch
        {
            // What does not fit on the disk does not stay on it.
            File.Delete(aside);
            throw;
        }
    }
}
