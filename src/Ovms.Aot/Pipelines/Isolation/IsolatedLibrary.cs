using System.Diagnostics.CodeAnalysis;
using Ovms.Pipelines.Libraries;
using Ovms.Processes;
using Ovms.Status;

namespace Ovms.Pipelines.Isolation;

/// <summary>
/// A custom node library in a process of its own. The process runs while there are instances. If it ends otherwise, the calls in it fail,
/// and it is started again with all instances.
/// </summary>
internal sealed class IsolatedLibrary : NodeLibrary
{
    private readonly ChildStart _start;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, IsolatedInstance> _instances = [];
    private readonly Queue<long> _toClose = new();
    private readonly List<Task> _ending = [];
    private KeptChild? _child;
    private long _lastNumber;

    /// <summary>Prepares a library; its process starts with the first instance.</summary>
    /// <param name="name">Its name in the configuration.</param>
    /// <param name="path">The absolute path of its file.</param>
    /// <param name="hangLimit">Number of hanging calls at which the process is ended; 0 = never.</param>
    /// <param name="program">This program, as a command without arguments.</param>
    /// <param name="log">Receives what the library writes to standard error, and the ends of its process.</param>
    public IsolatedLibrary(string name, string path, int hangLimit, IReadOnlyList<string> program, ILogger log)
        : base(name)
    {
        _start = new ChildStart($"The library {name}", program[0], [.. program.Skip(1), LibraryChild.Verb, name, path]);
        _log = log;
        Hangs = new NodeHangs(name) { Most = 0 };
        HangRule = new HangRule(Hangs, hangLimit, () => Volatile.Read(ref _child)?.Current);
        Hangs.Changed += HangRule.Look;
    }

    /// <inheritdoc/>
    public override event Action? Changed;

    /// <summary>How long the process may take for a call at load, for example initialize; a library may read large files then.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Is told the library's name each time that its process is started again.</summary>
    public Action<string>? Restarted { get; init; }

    /// <summary>Ends the process if calls hang in it.</summary>
    public HangRule HangRule { get; }

    /// <summary>Whether it has no process, and none that ends.</summary>
    public bool IsIdle => Volatile.Read(ref _child) is null && Ending.IsCompleted;

    /// <summary>Completes when all processes that are not needed any more have ended.</summary>
    public Task Ending
    {
        get
        {
            lock (_gate)
            {
                return Task.WhenAll(_ending);
            }
        }
    }

    /// <inheritdoc/>
    public override Outcome Check() => Volatile.Read(ref _child) is { Current: null } child ? DownOutcome(child) : Outcome.Ok;

    /// <summary>The process, if it is ready.</summary>
    /// <param name="child">The process.</param>
    /// <param name="why">Why there is none.</param>
    public bool TryGetChild([NotNullWhen(true)] out FramedChild? child, out Outcome why)
    {
        KeptChild? kept = Volatile.Read(ref _child);
        child = kept?.Current;
        why = child is not null ? Outcome.Ok
            : kept is null ? Outcome.Fail(StatusCode.NodeLibraryDown, $"the library {Name} is not used any more")
            : DownOutcome(kept);
        return child is not null;
    }

    /// <inheritdoc/>
    public override Outcome<NodeInstance> Open(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        IsolatedInstance instance;
        KeptChild kept;
        lock (_gate)
        {
            instance = new IsolatedInstance(this, ++_lastNumber, parameters);
            _instances.Add(instance.Number, instance);
            kept = _child ??= Start();
        }

        Outcome opened = kept.First.GetAwaiter().GetResult();
        if (opened.IsOk)
        {
            opened = TryGetChild(out FramedChild? child, out Outcome why) ? instance.OpenAsync(child).GetAwaiter().GetResult() : why;
        }

        if (opened.IsOk)
        {
            return instance;
        }

        Close(instance);
        return opened;
    }

    /// <summary>Ends an instance, and the process with the last one.</summary>
    public void Close(IsolatedInstance instance)
    {
        lock (_gate)
        {
            _instances.Remove(instance.Number);
            _toClose.Enqueue(instance.Number);
        }

        SendCloses();
        lock (_gate)
        {
            if (_instances.Count > 0 || _child is null)
            {
                return;
            }

            _child.Changed -= OnChanged;
            _child.Dispose();
            _ending.RemoveAll(static ending => ending.IsCompleted);
            _ending.Add(_child.Over);
            _child = null;
            _toClose.Clear();
        }
    }

    /// <summary>Asks the process at load, and ends it if it does not answer in time.</summary>
    /// <typeparam name="T">What it answers.</typeparam>
    /// <param name="child">The process.</param>
    /// <param name="call">The request.</param>
    /// <param name="kind">The kind of its frame.</param>
    /// <param name="head">Its head.</param>
    /// <param name="function">What the library does meanwhile, for messages.</param>
    public async Task<Outcome<T>> AskAsync<T>(FramedChild child, LibraryCall<T> call, uint kind, byte[] head, string function)
    {
        try
        {
            child.Send(call, kind, head, []);
        }
        catch (InvalidDataException tooLarge)
        {
            return Outcome.Fail(StatusCode.NodeLibraryInitializeFailed, $"the parameters of the library {Name}: {tooLarge.Message}");
        }

        try
        {
            return await call.Answer.WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            child.Kill($"was ended: {function} had not returned after {Patience.TotalSeconds} s");
            return await call.Answer.ConfigureAwait(false);
        }
    }

    // Within the lock.
    private KeptChild Start()
    {
        KeptChild child = new(_start, PrepareAsync, _log);
        child.Changed += OnChanged;
        child.Restarted += () => Restarted?.Invoke(Name);
        return child;
    }

    private Outcome DownOutcome(KeptChild child) => Outcome.Fail(StatusCode.NodeLibraryDown, child.Reason);

    private async Task<Outcome> PrepareAsync(FramedChild child, CancellationToken cancellation)
    {
        LibraryCall<bool> load = new(Name, StatusCode.NodeLibraryOpenFailed, static (_, _) => true);
        Outcome ready = (await AskAsync(child, load, LibraryFrames.Load, [], "loading it").ConfigureAwait(false)).WithoutValue;
        IsolatedInstance[] known;
        lock (_gate)
        {
            known = [.. _instances.Values.Where(static instance => instance.IsOpen)];
        }

        foreach (IsolatedInstance instance in known)
        {
            cancellation.ThrowIfCancellationRequested();
            ready = ready.IsOk ? await instance.OpenAsync(child).ConfigureAwait(false) : ready;
        }

        return ready;
    }

    private void OnChanged()
    {
        SendCloses();
        Changed?.Invoke();
    }

    // An instance that ends while the process is being started is ended in the new one, which may have it.
    private void SendCloses()
    {
        List<long> numbers = [];
        FramedChild? child;
        lock (_gate)
        {
            child = _child?.Current;
            while (child is not null && _toClose.TryDequeue(out long number))
            {
                numbers.Add(number);
            }
        }

        foreach (long number in numbers)
        {
            child!.Send(new ClosedInstance(), LibraryFrames.Close, LibraryFrames.Head(writer => writer.Write(number)), []);
        }
    }

    // The request to end an instance. Nobody awaits its answer.
    private sealed class ClosedInstance : IChildCall
    {
        public bool Take(FrameHeader header, byte[] head, FrameReader data) => false;

        public void Lost(string why)
        {
        }
    }
}
