namespace Ovms.Serving.Health;

/// <summary>What all servables share for their health.</summary>
/// <param name="ErrorsBeforeUnready">Number of device errors in a row after which a version is not ready; 0 = never.</param>
/// <param name="Changed">Called after a version became ready or not ready.</param>
/// <param name="Clock">The source of time.</param>
/// <param name="Log">The log.</param>
internal sealed record HealthRule(uint ErrorsBeforeUnready, Action Changed, TimeProvider Clock, ILogger Log);
