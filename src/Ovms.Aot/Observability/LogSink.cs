using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading.Channels;

namespace Ovms.Observability;

/// <summary>
/// Writes lines to standard output and optionally to a file, on one background thread: a full pipe or a slow disk never delays a call.
/// The queue is bounded. Lines that do not fit are dropped and counted; the count is logged when there is room again.
/// </summary>
internal sealed class LogSink : IDisposable
{
    private const int Capacity = 8192;

    private static readonly TimeSpan s_flushLimit = TimeSpan.FromSeconds(2);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Stream _console = Console.OpenStandardOutput();
    private readonly LogForm _form;
    private LogFile? _file;
    private readonly Thread _writer;
    private long _dropped;
    private long _droppedEver;
    private volatile bool _isClosed;
    private volatile bool _isReopenAsked;

    private LogSink(LogFile? file, LogForm form)
    {
        _file = file;
        _form = form;
        _writer = new Thread(Run) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <summary>Lines dropped since the start.</summary>
    public long LinesDropped => Volatile.Read(ref _droppedEver);

    /// <summary>Opens the outputs and starts the writer thread.</summary>
    /// <param name="path">A file to append to; empty = standard output only.</param>
    /// <param name="form">Format of the lines.</param>
    /// <param name="sink">The sink, which the caller disposes; null on failure.</param>
    /// <param name="why">On failure: a sentence about the file.</param>
    public static bool TryOpen(string path, LogForm form, [NotNullWhen(true)] out LogSink? sink, [NotNullWhen(false)] out string? why)
    {
        LogFile? file = null;
        why = null;
        sink = path.Length == 0 || LogFile.TryOpen(path, out file, out why) ? new LogSink(file, form) : null;
        return sink is not null;
    }

    /// <summary>Queues a line. Lines that arrive after <see cref="Dispose"/>, from unfinished work, are discarded.</summary>
    public void Write(LogEntry entry, bool withStackTrace)
    {
        if (!_lines.Writer.TryWrite(entry.Write(_form, withStackTrace)) && !_isClosed)
        {
            Interlocked.Increment(ref _dropped);
            Interlocked.Increment(ref _droppedEver);
        }
    }

    /// <summary>
    /// Closes the file and opens its path again before the next line is written. A renamed file therefore holds all lines up to then,
    /// and no line is lost. If the path cannot be opened, the sink keeps the old file.
    /// </summary>
    public void Reopen()
    {
        _isReopenAsked = true;

        // Wakes an idle writer. If the queue is full, the writer is not idle.
        _lines.Writer.TryWrite("");
    }

    /// <summary>Writes the queued lines within 2 s: a blocked output does not keep the process alive.</summary>
    public void Dispose()
    {
        _isClosed = true;
        if (_lines.Writer.TryComplete() && _writer.Join(s_flushLimit))
        {
            _file?.Dispose();
        }
    }

    private void Run()
    {
        ChannelReader<string> reader = _lines.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (reader.TryRead(out string? line))
            {
                if (_isReopenAsked)
                {
                    _isReopenAsked = false;
                    OpenAgain();
                }

                Emit(line);
            }

            long dropped = Interlocked.Exchange(ref _dropped, 0);
            if (dropped > 0)
            {
                Emit(OwnLine(LogLevel.Warning, $"{dropped} log lines were dropped: the output could not keep up."));
            }
        }
    }

    private void OpenAgain()
    {
        if (_file is null)
        {
            return;
        }

        if (LogFile.TryOpen(_file.Path, out LogFile? fresh, out string? why))
        {
            _file.Dispose();
            _file = fresh;
            Emit(OwnLine(LogLevel.Information, $"The log file {fresh.Path} was reopened."));
        }
        else
        {
            Emit(OwnLine(LogLevel.Warning, $"{why} The server keeps writing to the file that is open."));
        }
    }

    private void Emit(string line)
    {
        if (line.Length == 0)
        {
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(line);
        WriteToConsole(bytes);
        if (_file?.Write(bytes) is { } problem)
        {
            WriteToConsole(Encoding.UTF8.GetBytes(OwnLine(LogLevel.Warning, problem)));
        }
    }

    // A closed pipe or a full disk must not end the server; the line is lost there.
    private void WriteToConsole(byte[] bytes)
    {
        try
        {
            _console.Write(bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string OwnLine(LogLevel level, string message) =>
        new LogEntry(DateTimeOffset.Now, level, "log", default, message).Write(_form, withStackTrace: false);
}
