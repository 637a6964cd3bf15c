namespace Ovms.Generation.Requests;

/// <summary>Why an answer ended.</summary>
internal enum Finish
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>An end token was generated; it is the event's token.</summary>
    Stop,

    /// <summary>The maximum number of tokens was generated.</summary>
    Length,

    /// <summary>The KV cache cannot hold more of this sequence. At least one token was generated before.</summary>
    Memory,

    /// <summary>The event's outcome says why.</summary>
    Failed,
}
