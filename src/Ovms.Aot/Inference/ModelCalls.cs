using Ovms.Inference.Messages;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference;

/// <summary>Opens inference calls for all front ends, and keeps what calls use again: themselves and their messages.</summary>
internal sealed class ModelCalls
{
    private readonly ServableRegistry _registry;
    private readonly CallCounts _counts;
    private readonly Recycled<ModelCall> _idle;

    /// <param name="registry">What is served.</param>
    /// <param name="counts">Counts calls that find no model.</param>
    /// <param name="answers">Counts the answers that callers are still reading.</param>
    /// <param name="budget">Bounds what converted inputs take; null for the share of this machine's memory that is theirs.</param>
    public ModelCalls(ServableRegistry registry, CallCounts counts, AnswersUnderway answers, ConversionBudget? budget = null)
    {
        _registry = registry;
        _counts = counts;
        BytesConversion conversion = new(budget ?? ConversionBudget.OfThisMachine());
        _idle = new Recycled<ModelCall>(home => new ModelCall(home, conversion, answers));
    }

    /// <summary>Messages that readers fill and calls use one after the other.</summary>
    public Recycled<InferMessage> Messages { get; } = new(static home => new InferMessage(home));

    /// <summary>Takes a lease on the model that answers, once for the whole call. A call that finds none is counted here.</summary>
    /// <param name="origin">The API and the transport that it came through.</param>
    /// <param name="name">The servable's name.</param>
    /// <param name="version">As the caller wrote it; empty or "0" = the default version.</param>
    /// <returns>The call, for the front end to dispose; or why there is no such model for it.</returns>
    public Outcome<ModelCall> Open(CallOrigin origin, string name, string version)
    {
        Outcome<ServableLease> leased = _registry.Lease(name, version);
        if (!leased.IsOk)
        {
            _counts.Count(origin.InferenceKind(), name, version, isSuccess: false);
            return leased.WithoutValue;
        }

        ModelCall call = _idle.Rent();
        call.Begin(leased.Value, new CallMeter(leased.Value.Servable, origin), new CallSubject(name, version));
        return call;
    }
}
