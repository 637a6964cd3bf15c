namespace Ovms.Inference;

/// <summary>What a call was about, for the line that the log has of it when it fails.</summary>
/// <param name="Model">The model's name as the caller wrote it; empty where it is not known.</param>
/// <param name="Version">The version as the caller wrote it; empty = the default one.</param>
/// <param name="Id">The caller's own mark; null where none came.</param>
internal readonly record struct CallSubject(string Model, string Version, string? Id = null);
