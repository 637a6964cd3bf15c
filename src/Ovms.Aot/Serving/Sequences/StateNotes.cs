using Ovms.Repository;

namespace Ovms.Serving.Sequences;

/// <summary>Warnings for the log if a model keeps state but is not served as stateful, or the reverse.</summary>
internal static class StateNotes
{
    /// <summary>The warnings; none if the model's state is unknown, as for formats other than IR.</summary>
    /// <param name="ir">The contents of the model's file; null for other formats.</param>
    /// <param name="settings">The sequences' settings; null if the model is not served as stateful.</param>
    public static IEnumerable<string> Of(IrFile? ir, SequenceSettings? settings) => (ir, settings) switch
    {
        ({ KeepsState: true }, null) =>
            [
                "The model keeps state from one call to the next. All callers share it, "
                    + "and calls that run at the same time have states of their own: results depend on what others ask. "
                    + "With stateful: true (--stateful) each sequence of calls has a state of its own.",
            ],
        ({ KeepsState: false }, not null) =>
            [
                "The model is served as stateful and keeps no state from one call to the next: "
                    + "every call has to name its sequence, and no result depends on it.",
            ],
        _ => [],
    };
}
