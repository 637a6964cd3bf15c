namespace Ovms.Repository;

/// <summary>One version of a model on disk.</summary>
/// <param name="Version">Its number, at least 1.</param>
/// <param name="Path">Absolute path of the folder with its files, or of the one file it is.</param>
internal readonly record struct ModelVersionFolder(long Version, string Path);
