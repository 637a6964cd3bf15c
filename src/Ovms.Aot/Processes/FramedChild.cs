using Ovms.Status;

namespace Ovms.Processes;

/// <summary>A child that answers calls over frames, several at a time. The calls that are in it when it ends are told why.</summary>
internal sealed class FramedChild : IDisposable
{
    private const int StackBytes = 256 << 10;
    private const int LastWords = 300;
    private static readonly TimeSpan s_endOfACrash = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly ChildProcess _process;
    private readonly FrameWriter _writer;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (IChildCall Call, long Mark)> _calls = [];
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _lastCall;
    private string? _end;

    private FramedChild(ChildProcess process)
    {
        _process = process;
        _writer = new FrameWriter(process.Requests);
        Ended = EndAsync();
        new Thread(Read, StackBytes) { IsBackground = true, Name = "child answers" }.Start();
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>How long it has run.</summary>
    public TimeSpan Lived => _process.Lived;

    /// <summary>Completes with the reason when it has ended and all its calls have been told.</summary>
    public Task<string> Ended { get; }

    /// <summary>Starts a child.</summary>
    /// <param name="start">What is started.</param>
    /// <param name="log">Receives the lines of its standard error.</param>
    /// <returns>The child, which the caller disposes; or why it cannot be started.</returns>
    public static Outcome<FramedChild> Start(ChildStart start, ILogger log)
    {
        Outcome<ChildProcess> process = ChildProcess.Start(start, log);
        return process.IsOk ? new FramedChild(process.Value) : process.WithoutValue;
    }

    /// <summary>Sends a call. Blocks while the child does not read. If the child has ended, the call is told so.</summary>
    /// <param name="call">Receives the answers.</param>
    /// <param name="kind">The kind of the frame.</param>
    /// <param name="head">Its head.</param>
    /// <param name="data">Its data.</param>
    /// <exception cref="InvalidDataException">It is larger than frames may be; the call is not sent and gets nothing.</exception>
    public void Send(IChildCall call, uint kind, ReadOnlySpan<byte> head, ReadOnlySpan<FramePart> data)
    {
        string? end;
        ulong number;
        long mark = _process.ErrorLines;
        lock (_gate)
        {
            end = _end;
            number = ++_lastCall;
            if (end is null)
            {
                _calls.Add(number, (call, mark));
            }
        }

        if (end is not null)
        {
            call.Lost(end);
            return;
        }

        try
        {
            _writer.Write(kind, number, head, data);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The call is told when the child has ended.
            _ = EndSoonAsync();
        }
        catch (InvalidDataException)
        {
            lock (_gate)
            {
                _calls.Remove(number);
            }

            throw;
        }
    }

    /// <summary>Ends it at once.</summary>
    /// <param name="cause">What its calls are told, for example "was ended: it did not answer".</param>
    public void Kill(string cause) => _process.Kill(cause);

    /// <inheritdoc cref="ChildProcess.StopAsync"/>
    public Task StopAsync(TimeSpan patience) => _process.StopAsync(patience);

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private void Read()
    {
        FrameReader reader = new(_process.Answers);
        try
        {
            while (reader.TryRead(out FrameHeader header, out byte[] head))
            {
                Take(header, head, reader);
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or OutOfMemoryException or OverflowException)
        {
            // A child that crashes within an answer leaves half of it: how it ended says more.
            if (!_process.Ended.Wait(s_endOfACrash))
            {
                _process.Kill($"was ended: its answer cannot be read: {failure.Message}");
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The end within a frame.
        }

        _read.TrySetResult();
        _ = EndSoonAsync();
    }

    // A child whose channel is gone serves nobody. Usually it has ended, and how says more than that its channel is gone.
    private async Task EndSoonAsync()
    {
        if (await Task.WhenAny(_process.Ended, Task.Delay(s_patience, CancellationToken.None)).ConfigureAwait(false) != _process.Ended)
        {
            _process.Kill("was ended: it has closed its channel");
        }
    }

    private void Take(FrameHeader header, byte[] head, FrameReader reader)
    {
        IChildCall? call;
        lock (_gate)
        {
            call = _calls.GetValueOrDefault(header.Call).Call;
        }

        // The call is in the table until its answer is complete: if the child ends within it, the call is told.
        if (call is not null && !call.Take(header, head, reader))
        {
            lock (_gate)
            {
                _calls.Remove(header.Call);
            }
        }
    }

    private async Task<string> EndAsync()
    {
        string how = await _process.Ended.ConfigureAwait(false);

        // What it has answered before its end counts.
        await Task.WhenAny(_read.Task, Task.Delay(s_patience, CancellationToken.None)).ConfigureAwait(false);
        (IChildCall Call, long Mark)[] left;
        string end;
        lock (_gate)
        {
            left = [.. _calls.Values];
            _calls.Clear();
            _end = end = Described(how, left.Length == 0 ? 0 : left.Min(static call => call.Mark));
        }

        foreach ((IChildCall call, long mark) in left)
        {
            call.Lost(Described(how, mark));
        }

        return end;
    }

    // What it said before a call says nothing about the end of that call.
    private string Described(string how, long mark)
    {
        string words = ToldText.End(_process.LastErrorsSince(mark).ReplaceLineEndings(" "), LastWords);
        return words.Length == 0 ? how : $"{how}; it said last: {words}";
    }
}
