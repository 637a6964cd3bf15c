using System.Collections.Concurrent;
using Ovms.Processes;
using Ovms.Status;

namespace Ovms.Graphs.Interpreters;

/// <summary>A running process in which the handler of one Python node is loaded. One thread talks with it.</summary>
internal sealed class PythonChild : IDisposable
{
    private const string Program = "ovms_node.py";
    private const int LastWords = 3;
    private const int StackBytes = 256 << 10;

    /// <summary>Its last words come with its end; it is not waited for longer.</summary>
    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(5);

    private readonly ChildProcess _process;
    private readonly PythonChannel _channel;
    private readonly BlockingCollection<Action> _work = [];
    private long _mark;
    private int _isDisposed;

    private PythonChild(ChildProcess process, string name)
    {
        _process = process;
        _channel = new PythonChannel(process.Requests, process.Answers);

        // Reading from the process blocks, as long as the handler works: no thread of the pool waits for that.
        new Thread(Talk, StackBytes) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Completes when the process has ended, with how.</summary>
    public Task<string> Ended => _process.Ended;

    /// <summary>Time since its start.</summary>
    public TimeSpan Lived => _process.Lived;

    /// <summary>Starts a process and loads the handler in it, which takes as long as the handler's initialize does.</summary>
    /// <param name="settings">The options.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="name">Names the node in the log.</param>
    /// <param name="limit">Time for it.</param>
    /// <param name="log">Takes what the process prints.</param>
    /// <param name="stop">Ends the attempt.</param>
    /// <returns>The process; or why there is none, without the node's name.</returns>
    public static async Task<Outcome<PythonChild>> StartAsync(
        PythonSettings settings, PythonHandler handler, string name, TimeSpan limit, ILogger log, CancellationToken stop)
    {
        string program = Path.Combine(settings.ModuleFolder, Program);
        if (!File.Exists(program))
        {
            return Fail($"{program} does not exist; the server's package has it in lib/python");
        }

        Outcome<ChildProcess> started = ChildProcess.Start(new ChildStart(name, settings.Executable, ["-u", "-B", program]), log);
        if (!started.IsOk)
        {
            return Fail($"{started.Detail ?? started.Text}; name Python in --python_executable");
        }

        PythonChild child = new(started.Value, name);
        string? why;
        try
        {
            why = await child.OnThreadAsync(() => child.Load(handler)).WaitAsync(limit, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            why = $"it was not loaded within {limit.TotalSeconds:0} s";
        }
        catch (OperationCanceledException)
        {
            why = "it is not needed any more";
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            why = await child.WhyLostAsync(lost).ConfigureAwait(false);
        }

        if (why is null)
        {
            return child;
        }

        child.Dispose();
        return Fail(why);
    }

    /// <summary>Whether an exception says that the process is lost.</summary>
    public static bool IsLoss(Exception exception) => exception is IOException or InvalidDataException or ObjectDisposedException
        or OutOfMemoryException or InsufficientMemoryException or InvalidOperationException;

    /// <summary>Asks a question.</summary>
    public PythonAsk Ask(PythonQuestion question)
    {
        Volatile.Write(ref _mark, _process.ErrorLines);
        TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<PythonAnswer> answer = OnThreadAsync(() =>
        {
            try
            {
                Write(question);
            }
            finally
            {
                written.SetResult();
            }

            return Answer(question);
        });
        return new PythonAsk(written.Task, answer);
    }

    /// <summary>Drops a generator.</summary>
    public Task DropAsync(PythonGenerator generator) => OnThreadAsync(() =>
    {
        _channel.Generator(FrameKind.Drop, generator.Call);
        return true;
    });

    /// <summary>Lets the handler finalize, and the process end by itself.</summary>
    public async Task FinishAsync()
    {
        await OnThreadAsync(() =>
        {
            _channel.Finish();
            return _channel.Read(out _, out _);
        }).ConfigureAwait(false);
        await Ended.ConfigureAwait(false);
    }

    /// <summary>Ends the process.</summary>
    /// <param name="why">What is told in place of the signal.</param>
    public void Kill(string why) => _process.Kill(why);

    /// <summary>How it ended, with its last words; a process that breaks the protocol is ended.</summary>
    /// <param name="loss">What was noticed first.</param>
    public async Task<string> WhyLostAsync(Exception loss)
    {
        if (loss is InvalidDataException)
        {
            Kill($"was ended, because it did not keep to the protocol: {loss.Message}");
        }

        try
        {
            return Described(await Ended.WaitAsync(s_ending).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            Kill("was ended, because it closed its channel");
            return Described(await Ended.ConfigureAwait(false));
        }
    }

    /// <summary>The sentence about its end.</summary>
    /// <param name="ended">How it ended.</param>
    public string Described(string ended)
    {
        // The log has all of them; callers are not told what earlier ones brought about.
        string said = _process.LastErrorsSince(Volatile.Read(ref _mark));
        string words = ToldText.OneLine(string.Join('\n', said.Trim().Split('\n').TakeLast(LastWords)));
        return words.Length == 0 ? $"the Python process {ended}" : $"the Python process {ended}; its last words: {words}";
    }

    /// <summary>Ends the process, if it runs. May be called again: who keeps it running and who stops the node may do so at once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _process.Dispose();
        _work.CompleteAdding();
    }

    private void Talk()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }

        _work.Dispose();
    }

    private Task<T> OnThreadAsync<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception failure)
                {
                    done.SetException(failure);
                }
            });
        }
        catch (InvalidOperationException ended)
        {
            done.SetException(new IOException("The process has ended.", ended));
        }

        return done.Task;
    }

    private string? Load(PythonHandler handler)
    {
        _channel.Start(handler);
        FrameKind kind = _channel.Read(out byte[] head, out _);
        HeadReader reader = new(head);
        return kind switch
        {
            FrameKind.Ready => reader.Number() is PythonChannel.Version ? null : "lib/python is of another version of the server",
            FrameKind.Refused => ToldText.OneLine(reader.Text()),
            _ => throw new InvalidDataException($"an answer of kind {kind} came"),
        };
    }

    private void Write(PythonQuestion question)
    {
        if (question.Generator is { } generator)
        {
            _channel.Generator(FrameKind.Next, generator.Call);
        }
        else
        {
            _channel.Execute(question.Call, question.Inputs);
        }
    }

    private PythonAnswer Answer(PythonQuestion question)
    {
        FrameKind kind = _channel.Read(out byte[] head, out ReceivedTensor[] tensors);
        HeadReader reader = new(head);
        if (kind is not (FrameKind.Outputs or FrameKind.End or FrameKind.Raised))
        {
            throw new InvalidDataException($"an answer of kind {kind} came");
        }

        // A caller must never get the answer to another one, whatever a handler does with the process.
        if (reader.Long() is var call && call != question.Call)
        {
            new PythonAnswer(tensors).Discard();
            throw new InvalidDataException($"an answer to the call {call} came; expected one to {question.Call}");
        }

        switch (kind)
        {
            case FrameKind.Outputs:
                bool isGenerator = reader.Number() != 0;
                return new PythonAnswer(tensors, isGenerator ? question.Generator ?? new PythonGenerator(this, question.Call) : null);
            case FrameKind.End:
                return PythonAnswer.End;
            default:
                string what = ToldText.OneLine(reader.Text());
                string where = ToldText.OneLine(reader.Text());
                return new PythonAnswer([], Raised: where.Length == 0 ? what : $"{what} ({where})");
        }
    }

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.PythonNodeStateFailed, why);
}
