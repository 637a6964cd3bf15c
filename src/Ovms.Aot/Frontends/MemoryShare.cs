using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// The memory that one call holds, counted in its connection's and its front end's account: the request, and the response until it is
/// sent. Dispose returns what is left; the object may then serve another call. Not thread-safe.
/// </summary>
internal sealed class MemoryShare : BufferBudget, IDisposable
{
    /// <summary>
    /// Bytes counted for each call besides its message: headers, stream, and the framework's objects. Measured with streams that send only
    /// headers.
    /// </summary>
    public const int CallBytes = 8 << 10;

    private readonly Recycled<MemoryShare>? _home;
    private RequestMemory? _memory;
    private long _request;
    private long _call;
    private long _callDue;
    private Func<long, Outcome>? _answerRoom;

    /// <summary>Created without a call: see <see cref="Of"/>.</summary>
    /// <param name="home">The pool that it was rented from; null for one that its creator keeps.</param>
    public MemoryShare(Recycled<MemoryShare>? home = null) => _home = home;

    /// <summary>A share that counts only explicit amounts, not <see cref="CallBytes"/>.</summary>
    public MemoryShare(RequestMemory memory) => _memory = memory;

    private RequestMemory Memory => _memory ?? throw new ObjectDisposedException(nameof(MemoryShare));

    /// <summary>Bytes counted for the response; 0 before there is one.</summary>
    public long Answer { get; private set; }

    /// <summary>
    /// Assigns the share to a call. <see cref="GrowTo"/> counts <see cref="CallBytes"/> with the first bytes of the message.
    /// </summary>
    /// <param name="memory">The account that it counts in.</param>
    public MemoryShare Of(RequestMemory memory)
    {
        System.Diagnostics.Debug.Assert(_memory is null, "A share is one call's at a time.");
        _memory = memory;
        _callDue = CallBytes;
        return this;
    }

    /// <summary>Sets how many bytes the request holds; fewer than before changes nothing.</summary>
    /// <param name="bytes">All that it holds; 0 before its message arrives.</param>
    /// <returns>Ok, or that there is no memory for the growth.</returns>
    public Outcome GrowTo(long bytes)
    {
        long more = Math.Max(bytes - _request, 0);
        if (more + _callDue == 0)
        {
            return Outcome.Ok;
        }

        Outcome taken = Memory.TryTake(more + _callDue);
        if (taken.IsOk)
        {
            _request += more;
            _call += _callDue;
            _callDue = 0;
        }

        return taken;
    }

    /// <summary>Counts more bytes of the request, for a buffer that grows.</summary>
    /// <exception cref="OvmsException">There is no memory for them.</exception>
    public override void Take(long bytes)
    {
        Outcome taken = GrowTo(_request + bytes);
        if (!taken.IsOk)
        {
            throw new OvmsException(taken);
        }
    }

    /// <summary>Returns bytes of the request.</summary>
    public override void Release(long bytes)
    {
        System.Diagnostics.Debug.Assert(bytes <= _request, "No more is given back than was taken.");
        Memory.Return(bytes);
        _request -= bytes;
    }

    /// <summary>Reserves bytes for the response before they are allocated.</summary>
    /// <returns>Ok, or that there is no memory for them.</returns>
    public Outcome TryAddAnswer(long bytes)
    {
        Outcome taken = Memory.TryTake(bytes);
        Answer += taken.IsOk ? bytes : 0;
        return taken;
    }

    /// <summary><see cref="TryAddAnswer"/> as a delegate for the inference, which may know a response's size before it computes.</summary>
    public Func<long, Outcome> AnswerRoom => _answerRoom ??= TryAddAnswer;

    /// <summary>
    /// Sets how many bytes the response will have, and reserves what is not reserved yet. One of up to <see cref="CallBytes"/> is counted
    /// and never rejected.
    /// </summary>
    /// <returns>Ok, or that there is no memory for them.</returns>
    public Outcome TryHoldAnswer(long bytes)
    {
        long more = bytes - Answer;
        if (more <= 0)
        {
            return Outcome.Ok;
        }

        if (bytes > CallBytes)
        {
            return TryAddAnswer(more);
        }

        AddAnswer(more);
        return Outcome.Ok;
    }

    /// <summary>
    /// Counts a response that already exists and waits for its caller. It is never rejected, but may cause other calls to be rejected.
    /// </summary>
    public void AddAnswer(long bytes)
    {
        Memory.Take(bytes);
        Answer += bytes;
    }

    /// <summary>Returns bytes of the response that were sent, or reserved but not used.</summary>
    public void ReleaseAnswer(long bytes)
    {
        System.Diagnostics.Debug.Assert(bytes <= Answer, "No more is given back than was taken.");
        Memory.Return(bytes);
        Answer -= bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory?.Return(_request + _call + Answer);
        _memory = null;
        _request = 0;
        _call = 0;
        _callDue = 0;
        Answer = 0;
        if (_home is not null && TryEndUse(Stamp))
        {
            _home.Return(this);
        }
    }
}
