namespace Ovms.Native;

/// <summary>How a <see cref="GuardedCall"/> ended.</summary>
public enum GuardedEnd
{
    /// <summary>The work is done.</summary>
    Done,

    /// <summary>
    /// A plugin threw an exception where C++ allows none. The thread has stopped within the work and goes on never; what the work held is
    /// lost until the process ends.
    /// </summary>
    Broken,

    /// <summary>The work did not end in time. Its thread may still work, or wait for ever for what a broken call holds.</summary>
    NoAnswer,
}
