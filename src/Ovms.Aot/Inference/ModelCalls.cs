using Ovms.Inference.Messages;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference;

/// <summary>Opens inference calls for all front ends. Pools call objects and their messages for reuse.</summary>
internal sealed class ModelCalls
{
    private readonly ServableRegistry _registry;
    private readonly CallCounts _counts;
    private readonly Recycled<ModelCall> _idle;

    /// <param name="registry">The registry of the servables.</param>
    /// <param name="counts">Counts calls to models that do not exist.</param>
    /// <param name="answers">Counts the answers that callers are still reading.</param>
    /// <param name="budget">Bounds the memory of converted inputs; null = the default budget for this machine.</param>
    /// <param name="regions">The shared memory that tensors may lie in; null = none.</param>
    public ModelCalls(
        ServableRegistry registry,
        CallCounts counts,
        AnswersUnderway answers,
        ConversionBudget? budget = null,
        SharedRegions? regions = null)
    {
        Regions = regions ?? SharedRegions.None;
        _registry = registry;
        _counts = counts;
        Conversions = budget ?? ConversionBudget.OfThisMachine();
        BytesConversion conversion = new(Conversions);
        _idle = new Recycled<ModelCall>(home => new ModelCall(home, conversion, answers, Regions));
    }

    /// <summary>The shared memory that tensors may lie in, for all front ends.</summary>
    public SharedRegions Regions { get; }

    /// <summary>The memory of converted inputs, and of images that graphs make.</summary>
    public ConversionBudget Conversions { get; }

    /// <summary>The pool of messages, for all front ends.</summary>
    public Recycled<InferMessage> Messages { get; } = new(static home => new InferMessage(home));

    /// <summary>Leases the servable for the whole call. A call that finds no servable is counted here.</summary>
    /// <param name="origin">The API and transport of the call.</param>
    /// <param name="name">The servable's name.</param>
    /// <param name="version">The version as the caller wrote it; empty or "0" = the default version.</param>
    /// <returns>The call, which the front end disposes; or why no such model is available, or why its calls are refused.</returns>
    public Outcome<ModelCall> Open(CallOrigin origin, string name, string version)
    {
        Outcome<ServableLease> leased = Lease(name, version, isInner: origin == CallOrigin.Composed);
        if (!leased.IsOk)
        {
            CountRefused(origin, name, version);
            return leased.WithoutValue;
        }

        if (leased.Value.Servable.Language is { } language)
        {
            leased.Value.Dispose();
            CountRefused(origin, name, version);
            return language.RefuseInference(name);
        }

        return Begin(leased.Value, origin, name, version);
    }

    /// <summary>As <see cref="Open"/>, for a model that the call may still replace by another one: null if it is not served.</summary>
    public ModelCall? TryOpen(CallOrigin origin, string name, string version)
    {
        Outcome<ServableLease> leased = _registry.Lease(name, version);
        if (leased.IsOk && (!leased.Value.Servable.Health.IsReady || leased.Value.Servable.Language is not null))
        {
            leased.Value.Dispose();
            return null;
        }

        return leased.IsOk ? Begin(leased.Value, origin, name, version) : null;
    }

    private Outcome<ServableLease> Lease(string name, string version, bool isInner)
    {
        Outcome<ServableLease> leased = _registry.Lease(name, version, isInner);
        if (leased.IsOk && !leased.Value.Servable.Health.IsReady && leased.Value.Servable.Health.Refuse() is { IsOk: false } refusal)
        {
            leased.Value.Dispose();
            return refusal;
        }

        return leased;
    }

    private void CountRefused(CallOrigin origin, string name, string version)
    {
        if (origin != CallOrigin.Composed)
        {
            _counts.Count(origin.InferenceKind(), name, version, isSuccess: false);
        }
    }

    private ModelCall Begin(ServableLease lease, CallOrigin origin, string name, string version)
    {
        ModelCall call = _idle.Rent();
        call.Begin(lease, new CallMeter(lease.Servable, origin), new CallSubject(name, version));
        return call;
    }
}
