namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// A feature of a call whose message began late, so that the time limit for the whole message counts from the headers. Calls that waited
/// less than <see cref="Least"/> do not have it.
/// </summary>
/// <param name="Since">When the headers arrived, in milliseconds of Environment.TickCount64.</param>
internal sealed record LateBegin(long Since)
{
    /// <summary>
    /// The shortest wait that counts, in milliseconds: the limits are whole seconds, and headers and message are seldom this far apart.
    /// </summary>
    public const long Least = 500;
}
