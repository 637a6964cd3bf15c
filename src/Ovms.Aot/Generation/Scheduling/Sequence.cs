using System.Diagnostics;
using Ovms.Generation.Cache;
using Ovms.Language.Sampling;

namespace Ovms.Generation.Scheduling;

/// <summary>One answer of a call: the tokens of the prompt and those generated, and what the model holds of them.</summary>
internal sealed class Sequence
{
    private int[] _ids;

    /// <summary>A sequence of which nothing is computed.</summary>
    /// <param name="owner">Its call.</param>
    /// <param name="answer">Index of the answer.</param>
    /// <param name="blocks">Its blocks of the KV cache; null on the stateful lane.</param>
    /// <param name="states">Its rows of the state tables; null if the model has none.</param>
    public Sequence(LiveCall owner, int answer, BlockTable? blocks, SequenceStates? states)
    {
        Owner = owner;
        Answer = answer;
        _ids = owner.Request.PromptIds;
        Length = PromptLength = _ids.Length;
        (Blocks, States) = (blocks, states);
    }

    /// <summary>Its call.</summary>
    public LiveCall Owner { get; }

    /// <summary>Index of the answer.</summary>
    public int Answer { get; }

    /// <summary>Its blocks of the KV cache; null on the stateful lane.</summary>
    public BlockTable? Blocks { get; }

    /// <summary>Its rows of the state tables; null if the model has none.</summary>
    public SequenceStates? States { get; }

    /// <summary>Number of all tokens.</summary>
    public int Length { get; private set; }

    /// <summary>Number of the prompt's tokens.</summary>
    public int PromptLength { get; }

    /// <summary>Number of generated tokens.</summary>
    public int Generated => Length - PromptLength;

    /// <summary>Number of tokens whose keys, values and states the model holds.</summary>
    public int Computed { get; set; }

    /// <summary>The most tokens that were ever computed; fewer are after a preemption.</summary>
    public int Furthest { get; set; }

    /// <summary>Whether the logits of all its tokens are wanted, for the log-probabilities of the prompt.</summary>
    public bool WantsAllRows => Owner.Request.PromptLogProbs >= 0 && Answer == 0 && Reported < PromptLength;

    /// <summary>The tokens of the prompt whose log-probabilities were reported; the first one has none.</summary>
    public int Reported { get; set; } = 1;

    /// <summary>Its number in the model; -1 while it waits.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>When its newest token came, as a timestamp; 0 before the first.</summary>
    public long LastToken { get; set; }

    /// <summary>Whether only its newest token is not computed.</summary>
    public bool IsDecode => Length - Computed == 1;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether it is computed for all answers of its call, which copy it later.</summary>
    public bool WillFork => Owner.Unforked > 0;

    /// <summary>Chooses its tokens. Made when first needed, because waiting sequences need no buffers.</summary>
    public Sampler Sampler => field ??= new Sampler(Owner.Request.SamplingRules, Answer, Owner.Request.PromptIds);

    /// <summary>All token ids; valid until the next <see cref="Append"/>.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Length);

    /// <summary>The first token ids.</summary>
    public ReadOnlyMemory<int> First(int count) => _ids.AsMemory(0, count);

    /// <summary>Adds a generated token.</summary>
    public void Append(int id)
    {
        if (Length == _ids.Length)
        {
            // The first time this copies the request's own array, which must not change.
            long wanted = Math.Min((long)PromptLength + Owner.Request.MaxTokens, Length + (long)Math.Max(64, Generated));
            Array.Resize(ref _ids, (int)Math.Min(wanted, Array.MaxLength));
        }

        _ids[Length++] = id;
    }

    /// <summary>Whether this is before another in the order of service.</summary>
    public bool IsBefore(Sequence other) =>
        Owner.Arrival != other.Owner.Arrival ? Owner.Arrival < other.Owner.Arrival : Answer < other.Answer;

    /// <summary>A step wrote what it computed.</summary>
    public void Advance(int count)
    {
        int from = Computed;
        Computed += count;
        Furthest = Math.Max(Furthest, Computed);
        Debug.Assert(Computed <= Length, "Only tokens that exist are computed.");
        Blocks?.Publish(Ids, Computed);
        States?.Advance(this, from);
    }
}
