using Ovms.Repository;

namespace Ovms.Serving.Sequences;

/// <summary>What the log says where a model's own nature and how it is served do not go together.</summary>
internal static class StateNotes
{
    /// <summary>The sentences; none where nothing is known of the model's state, as for formats other than IR.</summary>
    /// <param name="ir">What the model's file says; null for other formats.</param>
    /// <param name="settings">Null where the model is not served as a stateful one.</param>
    public static IEnumerable<string> Of(IrFile? ir, SequenceSettings? settings) => (ir, settings) switch
    {
        ({ KeepsState: true }, null) =>
            ["The model keeps state from one call to the next. All callers share it, and calls that run at the same time have states of their own: results depend on what others ask. With stateful: true (--stateful) each sequence of calls has a state of its own."],
        ({ KeepsState: false }, not null) =>
            ["The model is served as stateful and keeps no state from one call to the next: every call has to name its sequence, and no result depends on it."],
        _ => [],
    };
}
