using System.Diagnostics.CodeAnalysis;
using Ovms.Disk;

namespace Ovms.Observability;

/// <summary>The log file. If a write fails, only that line is lost.</summary>
internal sealed class LogFile : IDisposable
{
    // Opening a file on a dead network disk can block. The server then abandons the thread that opens it.
    private static readonly TimeSpan s_openLimit = TimeSpan.FromSeconds(5);

    private readonly FileStream _stream;
    private bool _failing;

    private LogFile(string path, FileStream stream)
    {
        Path = path;
        _stream = stream;
    }

    /// <summary>The file's path.</summary>
    public string Path { get; }

    /// <summary>Opens a file, or creates it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="file">The open file, which the caller disposes; null on failure.</param>
    /// <param name="why">On failure: a sentence about the file.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out LogFile? file, [NotNullWhen(false)] out string? why) =>
        TryOpen(path, AppendFile.Open, s_openLimit, out file, out why);

    /// <inheritdoc cref="TryOpen(string, out LogFile?, out string?)"/>
    /// <param name="path">The path.</param>
    /// <param name="open">Opens it, unbuffered: a written line is in the file, and closing the file cannot fail.</param>
    /// <param name="limit">How long that may take.</param>
    /// <param name="file">The open file, which the caller disposes; null on failure.</param>
    /// <param name="why">On failure: a sentence about the file.</param>
    internal static bool TryOpen(
        string path, Func<string, FileStream> open, TimeSpan limit,
        [NotNullWhen(true)] out LogFile? file, [NotNullWhen(false)] out string? why)
    {
        file = null;
        Task<FileStream> opening = Task.Factory.StartNew(
            () => open(path),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        if (Task.WaitAny([opening], limit) < 0)
        {
            _ = CloseLateAsync(opening);
            why = $"The log file {path} did not open within {limit.TotalSeconds} s. Give --log_path a file on a disk that answers.";
            return false;
        }

        try
        {
            file = new LogFile(path, opening.GetAwaiter().GetResult());
            why = null;
            return true;
        }
        catch (NotRegularFileException failure)
        {
            why = $"The log file cannot be opened: {failure.Message.TrimEnd('.')}, "
                + "or let something read the pipe before the server starts.";
            return false;
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            why = $"The log file {path} cannot be opened: {Reason(failure)}. "
                + "Give --log_path a file in a folder that is there and that this user may write to.";
            return false;
        }
    }

    /// <summary>Appends a line.</summary>
    /// <returns>The problem, for the first of several failing writes; else null.</returns>
    public string? Write(ReadOnlySpan<byte> line)
    {
        try
        {
            _stream.Write(line);
            _failing = false;
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            bool first = !_failing;
            _failing = true;
            return first ? $"The log file {Path} cannot be written: {Reason(failure)}. Its lines are lost until it can be." : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    // The disk may answer after all; nobody uses the file then.
    private static async Task CloseLateAsync(Task<FileStream> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
        {
            await opening.Result.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string Reason(Exception failure) => (failure.InnerException ?? failure).Message.TrimEnd('.');
}
