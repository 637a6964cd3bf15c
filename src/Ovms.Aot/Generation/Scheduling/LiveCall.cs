using Ovms.Generation.Requests;

namespace Ovms.Generation.Scheduling;

/// <summary>A call that the engine works on. Only the engine's thread uses it.</summary>
/// <param name="call">The caller's side.</param>
/// <param name="submitted">When it was submitted, as a timestamp of the engine's clock.</param>
/// <param name="deadline">When it ends, as such a timestamp.</param>
internal sealed class LiveCall(GenerationCall call, long submitted, long deadline)
{
    /// <summary>The caller's side.</summary>
    public GenerationCall Call { get; } = call;

    /// <summary>What is wanted.</summary>
    public GenerationRequest Request => Call.Request;

    /// <summary>When it was submitted.</summary>
    public long Submitted { get; } = submitted;

    /// <summary>When its answers fail; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>Its place in the order of arrival. Older calls never lose blocks to younger ones.</summary>
    public long Arrival { get; set; }

    /// <summary>The sequences that have not ended.</summary>
    public List<Sequence> Sequences { get; } = [];

    /// <summary>Answers that have no sequence yet: they begin as copies of the first one when the prompt is computed.</summary>
    public int Unforked { get; set; }

    /// <summary>Slots for the sequences that begin as copies.</summary>
    public Stack<int> ForkSlots { get; } = new();

    /// <summary>Whether a sequence of it was admitted before.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Tokens of its prompt that were not in the cache when it was first admitted.</summary>
    public int PromptWork { get; set; }

    /// <summary>Whether it has events that its reader was not told of.</summary>
    public bool HasNews { get; set; }
}
