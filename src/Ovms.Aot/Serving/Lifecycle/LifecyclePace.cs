namespace Ovms.Serving.Lifecycle;

/// <summary>The times by which configuration and models are followed.</summary>
/// <param name="Poll">How long from one look to the next; zero for looks only when asked.</param>
/// <param name="Drain">How long the answer to a reload waits for the calls of what the reload removes.</param>
internal readonly record struct LifecyclePace(TimeSpan Poll, TimeSpan Drain);
