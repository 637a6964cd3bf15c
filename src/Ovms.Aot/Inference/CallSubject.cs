namespace Ovms.Inference;

/// <summary>What a call was about, for the log line of a failed call.</summary>
/// <param name="Model">The model's name as the caller wrote it; empty if unknown.</param>
/// <param name="Version">The version as the caller wrote it; empty = the default version.</param>
/// <param name="Id">The request id that the caller sent; null if it sent none.</param>
internal readonly record struct CallSubject(string Model, string Version, string? Id = null);
