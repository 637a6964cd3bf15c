namespace Ovms.Serving.Lifecycle;

/// <summary>How far a stop came within its limit.</summary>
internal enum StopResult
{
    /// <summary>Nothing is left.</summary>
    Clean,

    /// <summary>The engine still loads a model, be it one that was given up: it has no way to end that half compiled.</summary>
    LoadsLeft,

    /// <summary>Calls still hold what they use.</summary>
    CallsLeft,
}
