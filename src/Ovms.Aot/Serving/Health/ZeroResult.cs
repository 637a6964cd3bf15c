using Ovms.Serving.Requests;

namespace Ovms.Serving.Health;

/// <summary>How an inference with zeros ended.</summary>
/// <param name="HasAnswer">Whether it ended before its deadline.</param>
/// <param name="Fault">Why it has no result; <see cref="EngineFault.None"/> if it has one, or has not ended.</param>
internal readonly record struct ZeroResult(bool HasAnswer, EngineFault Fault)
{
    /// <summary>It did not end before its deadline.</summary>
    public static ZeroResult NoAnswer => default;

    /// <summary>Whether the model computed.</summary>
    public bool IsWell => HasAnswer && Fault.IsNone;
}
