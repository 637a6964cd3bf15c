namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// A feature of a call whose message began to come late: the time for the whole message counts from the headers. Calls that waited less
/// than <see cref="Least"/> go without.
/// </summary>
/// <param name="Since">When the headers came, in milliseconds of the system's clock.</param>
internal sealed record LateBegin(long Since)
{
    /// <summary>Milliseconds that matter in limits of whole seconds, and that a call's headers and message are seldom apart.</summary>
    public const long Least = 500;
}
