namespace Ovms.Serving.Lifecycle;

/// <summary>How far a stop came within its limit.</summary>
internal enum StopResult
{
    /// <summary>Nothing is left.</summary>
    Clean,

    /// <summary>OpenVINO still loads a model, perhaps in an abandoned load. It has no way to cancel a compilation.</summary>
    LoadsLeft,

    /// <summary>Calls still hold leases.</summary>
    CallsLeft,
}
