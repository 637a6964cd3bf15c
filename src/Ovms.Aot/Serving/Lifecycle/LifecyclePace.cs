namespace Ovms.Serving.Lifecycle;

/// <summary>The intervals and limits for following configuration and models.</summary>
/// <param name="Poll">Time between looks; zero = looks only on request.</param>
/// <param name="Drain">How long the answer to a reload waits for calls on versions that the reload removes.</param>
internal readonly record struct LifecyclePace(TimeSpan Poll, TimeSpan Drain);
