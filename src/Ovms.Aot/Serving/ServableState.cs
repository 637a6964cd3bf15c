namespace Ovms.Serving;

/// <summary>Where a version is in its life. Moves only downwards within one load; the numbers are the original's.</summary>
internal enum ServableState
{
    /// <summary>Known, nothing begun.</summary>
    Start = 10,

    /// <summary>Being read and compiled, or failed while that was done.</summary>
    Loading = 20,

    /// <summary>Answers calls.</summary>
    Available = 30,

    /// <summary>Takes no new calls; those in flight finish.</summary>
    Unloading = 40,

    /// <summary>Gone.</summary>
    End = 50,
}
