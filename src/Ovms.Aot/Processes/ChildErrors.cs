using System.Diagnostics;
using System.Text;
using Ovms.Observability;

namespace Ovms.Processes;

/// <summary>
/// Reads the standard error of a child on a thread of its own: each line goes to the log, and the last ones are kept for messages. Lines
/// that are too long are cut; of too many in a second the rest is counted.
/// </summary>
internal sealed class ChildErrors
{
    private const int MostLineBytes = 4096;
    private const int MostLinesASecond = 100;
    private const int LinesKept = 20;
    private const int CharsKept = 2048;
    private const int StackBytes = 256 << 10;

    private readonly string _name;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Queue<string> _last = new();
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _taken;
    private int _charsKept;
    private long _second = Stopwatch.GetTimestamp();
    private int _linesInSecond;
    private int _dropped;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">The stream; read until it ends, and then disposed.</param>
    /// <param name="name">Begins each line in the log.</param>
    /// <param name="log">The log.</param>
    public ChildErrors(Stream stream, string name, ILogger log)
    {
        (_name, _log) = (name, log);
        new Thread(() => Read(stream), StackBytes) { IsBackground = true, Name = "child errors" }.Start();
    }

    /// <summary>Completes when the stream has ended.</summary>
    public Task Done => _read.Task;

    /// <summary>Number of lines that have come.</summary>
    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _taken;
            }
        }
    }

    /// <summary>The last lines, at most 20 and 2048 characters.</summary>
    /// <param name="mark">A former <see cref="Count"/>: only lines that came later; 0 for all.</param>
    public string LastSince(long mark)
    {
        lock (_gate)
        {
            return string.Join('\n', _last.TakeLast((int)Math.Clamp(_taken - mark, 0, _last.Count)));
        }
    }

    private void Read(Stream stream)
    {
        byte[] buffer = new byte[MostLineBytes];
        int filled = 0;
        bool isCut = false;
        try
        {
            while (stream.Read(buffer, filled, buffer.Length - filled) is > 0 and var count)
            {
                filled += count;
                int begin = 0;
                while (Array.IndexOf(buffer, (byte)'\n', begin, filled - begin) is >= 0 and var end)
                {
                    Take(buffer.AsSpan(begin, end - begin), isCut);
                    (begin, isCut) = (end + 1, false);
                }

                if (begin == 0 && filled == buffer.Length)
                {
                    Take(buffer, isCut);
                    (begin, isCut) = (filled, true);
                }

                Buffer.BlockCopy(buffer, begin, buffer, 0, filled - begin);
                filled -= begin;
            }

            Take(buffer.AsSpan(0, filled), isCut);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The child was left behind; nobody wants its lines.
        }

        // The process object leaves it to the garbage collector otherwise, and descriptors are few.
        stream.Dispose();
        TellDropped();
        _read.TrySetResult();
    }

    // Of a line that is cut, the rest is left out.
    private void Take(ReadOnlySpan<byte> bytes, bool isRest)
    {
        string line = Encoding.UTF8.GetString(bytes).TrimEnd();
        if (line.Length == 0 || isRest)
        {
            return;
        }

        Keep(line);
        if (Stopwatch.GetElapsedTime(_second) >= TimeSpan.FromSeconds(1))
        {
            TellDropped();
            (_second, _linesInSecond) = (Stopwatch.GetTimestamp(), 0);
        }

        if (++_linesInSecond > MostLinesASecond)
        {
            _dropped++;
            return;
        }

        Log.Note(_log, $"{_name}: {line}");
    }

    private void TellDropped()
    {
        if (_dropped > 0)
        {
            Log.Warning(_log, $"{_name}: {_dropped} further lines, more than {MostLinesASecond} a second, are not logged");
            _dropped = 0;
        }
    }

    private void Keep(string line)
    {
        string kept = ToldText.Start(line, CharsKept);
        lock (_gate)
        {
            _taken++;
            _last.Enqueue(kept);
            _charsKept += kept.Length;
            while (_last.Count > LinesKept || (_charsKept > CharsKept && _last.Count > 1))
            {
                _charsKept -= _last.Dequeue().Length;
            }
        }
    }
}
