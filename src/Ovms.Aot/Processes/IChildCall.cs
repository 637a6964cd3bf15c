namespace Ovms.Processes;

/// <summary>A call that a child answers.</summary>
internal interface IChildCall
{
    /// <summary>Takes an answer. Called on the thread that reads the channel: others wait meanwhile.</summary>
    /// <param name="header">The frame.</param>
    /// <param name="head">Its head.</param>
    /// <param name="data">Gives its data; what is not taken is skipped.</param>
    /// <returns>Whether more answers follow.</returns>
    /// <exception cref="InvalidDataException">The answer breaks the rules: the child is ended.</exception>
    bool Take(FrameHeader header, byte[] head, FrameReader data);

    /// <summary>The child has ended before the last answer.</summary>
    /// <param name="why">How, for example "ended with signal 11 (SIGSEGV)".</param>
    void Lost(string why);
}
