namespace Ovms.Generation.Tokenizing;

/// <summary>Bounds of what a caller can make a tokenizer do.</summary>
/// <param name="MostBytes">
/// Largest text in bytes of UTF-8. The time for a text grows with its length, and the extension's operations cannot be interrupted.
/// </param>
/// <param name="MostWaiters">Callers that may wait for an infer request at a time.</param>
/// <param name="LongestWait">How long each of them may wait.</param>
internal sealed record EncodingLimits(int MostBytes, int MostWaiters, TimeSpan LongestWait)
{
    /// <summary>Usual bounds.</summary>
    public static EncodingLimits Default { get; } = new(4 << 20, 256, TimeSpan.FromSeconds(30));
}
