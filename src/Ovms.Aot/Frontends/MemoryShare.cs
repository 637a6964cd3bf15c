using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// What one call holds of its connection's and its front end's memory: its request, and its answer until that is sent. All that is left
/// is given back when the call ends; afterwards the object may be another call's. Not thread-safe.
/// </summary>
internal sealed class MemoryShare : BufferBudget, IDisposable
{
    /// <summary>
    /// Bytes that each call is counted with beside its message: headers, stream, and the objects of the framework. Measured with streams
    /// that send headers and nothing else.
    /// </summary>
    public const int CallBytes = 8 << 10;

    private readonly Recycled<MemoryShare>? _home;
    private RequestMemory? _memory;
    private long _request;
    private long _call;
    private long _callDue;
    private Func<long, Outcome>? _answerRoom;

    /// <summary>Of no call yet: see <see cref="Of"/>.</summary>
    /// <param name="home">Where it was rented; null for one that stays with what made it.</param>
    public MemoryShare(Recycled<MemoryShare>? home = null) => _home = home;

    /// <summary>A share that counts only what it is told.</summary>
    public MemoryShare(RequestMemory memory) => _memory = memory;

    private RequestMemory Memory => _memory ?? throw new ObjectDisposedException(nameof(MemoryShare));

    /// <summary>Bytes of the answer; 0 before there is one.</summary>
    public long Answer { get; private set; }

    /// <summary>Becomes the share of a call. The call itself is counted with the first bytes of its message: see <see cref="GrowTo"/>.</summary>
    /// <param name="memory">What it holds some of.</param>
    public MemoryShare Of(RequestMemory memory)
    {
        System.Diagnostics.Debug.Assert(_memory is null, "A share is one call's at a time.");
        _memory = memory;
        _callDue = CallBytes;
        return this;
    }

    /// <summary>The request holds so many bytes by now; fewer than before change nothing.</summary>
    /// <param name="bytes">All it holds; 0 for a call whose message is still to come.</param>
    /// <returns>Ok, or that there is no room for what it grew by.</returns>
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

    /// <summary>The request holds so many bytes more: a buffer grows.</summary>
    /// <exception cref="OvmsException">There is no room for them.</exception>
    public override void Take(long bytes)
    {
        Outcome taken = GrowTo(_request + bytes);
        if (!taken.IsOk)
        {
            throw new OvmsException(taken);
        }
    }

    /// <summary>The request has let go of so many bytes.</summary>
    public override void Release(long bytes)
    {
        System.Diagnostics.Debug.Assert(bytes <= _request, "No more is given back than was taken.");
        Memory.Return(bytes);
        _request -= bytes;
    }

    /// <summary>Reserves bytes for the answer before they are made.</summary>
    /// <returns>Ok, or that there is no room for them.</returns>
    public Outcome TryAddAnswer(long bytes)
    {
        Outcome taken = Memory.TryTake(bytes);
        Answer += taken.IsOk ? bytes : 0;
        return taken;
    }

    /// <summary><see cref="TryAddAnswer"/> for the inference, which knows no front end but sometimes an answer's size before it computes.</summary>
    public Func<long, Outcome> AnswerRoom => _answerRoom ??= TryAddAnswer;

    /// <summary>
    /// The answer will have so many bytes: what was not reserved before is reserved now. A small one is counted and never refused, since
    /// the server holds no more for it than for the call itself.
    /// </summary>
    /// <returns>Ok, or that there is no room for them.</returns>
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

    /// <summary>An answer that is there already waits for its caller to read it; it is never refused, but it keeps others out.</summary>
    public void AddAnswer(long bytes)
    {
        Memory.Take(bytes);
        Answer += bytes;
    }

    /// <summary>So much of the answer has been sent, or was reserved in vain.</summary>
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
