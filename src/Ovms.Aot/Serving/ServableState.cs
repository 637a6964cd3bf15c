namespace Ovms.Serving;

/// <summary>The state of a version. Within one load it only moves down this list; the numbers are the original's.</summary>
internal enum ServableState
{
    /// <summary>Known, but no load has begun.</summary>
    Start = 10,

    /// <summary>Being read and compiled, or failed while loading.</summary>
    Loading = 20,

    /// <summary>Answers calls.</summary>
    Available = 30,

    /// <summary>Accepts no new calls; those in flight finish.</summary>
    Unloading = 40,

    /// <summary>Unloaded.</summary>
    End = 50,
}
