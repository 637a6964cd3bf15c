using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference;

/// <summary>Opens inference calls for all front ends, and keeps what calls use again: themselves and their messages.</summary>
internal sealed class ModelCalls
{
    private readonly ServableRegistry _registry;
    private readonly Recycled<ModelCall> _idle;

    /// <param name="registry">What is served.</param>
    /// <param name="budget">Bounds what converted inputs take; null for the share of this machine's memory that is theirs.</param>
    public ModelCalls(ServableRegistry registry, ConversionBudget? budget = null)
    {
        _registry = registry;
        BytesConversion conversion = new(budget ?? ConversionBudget.OfThisMachine());
        _idle = new Recycled<ModelCall>(home => new ModelCall(home, conversion, registry.Answers));
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
            _registry.Count(origin.InferenceKind(), name, version, isSuccess: false);
            return leased.WithoutValue;
        }

        ModelCall call = _idle.Rent();
        call.Begin(leased.Value, new CallMeter(leased.Value.Servable, origin), new CallSubject(name, version));
        return call;
    }
}
