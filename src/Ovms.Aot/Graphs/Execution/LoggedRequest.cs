using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Execution;

/// <summary>A request of a stream in a <see cref="RequestLog"/>.</summary>
/// <param name="time">The time of its packets.</param>
/// <param name="id">Its id; null for none.</param>
/// <param name="received">The stopwatch timestamp of its last byte.</param>
/// <param name="wantsEnd">Whether a response without outputs says that the last one has been sent.</param>
internal sealed class LoggedRequest(Timestamp time, string? id, long received, bool wantsEnd)
{
    private HashSet<int>? _delivered;

    /// <summary>The time of its packets.</summary>
    public Timestamp Time => time;

    /// <summary>Its id; null for none.</summary>
    public string? Id => id;

    /// <summary>The stopwatch timestamp of its last byte.</summary>
    public long Received => received;

    /// <summary>Whether a response without outputs says that the last one has been sent.</summary>
    public bool WantsEnd => wantsEnd;

    /// <summary>An output has had a packet of this time.</summary>
    /// <returns>Whether all have.</returns>
    public bool Deliver(int output, int outputs) => outputs == 1 || ((_delivered ??= []).Add(output) && _delivered.Count == outputs);
}
