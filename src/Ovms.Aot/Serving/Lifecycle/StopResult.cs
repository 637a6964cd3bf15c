namespace Ovms.Serving.Lifecycle;

/// <summary>What a stop left behind.</summary>
[Flags]
internal enum StopResult
{
    /// <summary>Nothing.</summary>
    Clean = 0,

    /// <summary>OpenVINO still loads a model, perhaps in an abandoned load. It has no way to cancel a compilation.</summary>
    LoadsLeft = 1,

    /// <summary>Calls still hold leases.</summary>
    CallsLeft = 2,

    /// <summary>OpenVINO still computes what no caller waits for, or frees a model.</summary>
    ModelsLeft = 4,
}
