namespace Ovms.Serving.Health;

/// <summary>
/// Limits the log of a version's device errors to one line a minute: the first error at once, and those of the minute after it by their
/// number when that minute ends. Thread-safe.
/// </summary>
/// <param name="clock">The source of time.</param>
/// <param name="write">Writes a line: the number of errors that it stands for, how many were in a row at the last, and its text.</param>
internal sealed class DeviceErrorLog(TimeProvider clock, Action<int, int, string> write)
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _wroteAt;
    private int _unwritten;
    private int _inARow;
    private string _text = "";

    /// <summary>There was an error.</summary>
    /// <param name="inARow">The number of errors in a row, with this one.</param>
    /// <param name="text">Its text.</param>
    public void Add(int inARow, string text)
    {
        TimeSpan left;
        lock (_gate)
        {
            left = _wroteAt is { } at ? s_minute - clock.GetElapsedTime(at) : TimeSpan.Zero;
            (_inARow, _text) = (inARow, text);
            _unwritten++;
            if (_unwritten > 1)
            {
                // It is waited for already.
                return;
            }
        }

        if (left <= TimeSpan.Zero)
        {
            Write();
        }
        else
        {
            _ = WriteLaterAsync(left);
        }
    }

    /// <summary>Writes the errors that no line stands for yet.</summary>
    public void Write()
    {
        int number;
        int inARow;
        string text;
        lock (_gate)
        {
            (number, inARow, text, _unwritten) = (_unwritten, _inARow, _text, 0);
            if (number == 0)
            {
                return;
            }

            _wroteAt = clock.GetTimestamp();
        }

        write(number, inARow, text);
    }

    private async Task WriteLaterAsync(TimeSpan wait)
    {
        await Task.Delay(wait, clock).ConfigureAwait(false);
        Write();
    }
}
