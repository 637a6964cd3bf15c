namespace Ovms.Repository;

/// <summary>One version of a model on disk.</summary>
/// <param name="Version">At least 1.</param>
/// <param name="Path">Absolute path of the version's folder, or of its single file.</param>
internal readonly record struct ModelVersionFolder(long Version, string Path);
