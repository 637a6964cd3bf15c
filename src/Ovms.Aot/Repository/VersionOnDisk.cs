namespace Ovms.Repository;

/// <summary>A version as the last scan found it.</summary>
/// <param name="Folder">Number and path.</param>
/// <param name="Stamp">State of its files.</param>
/// <param name="IsSettled">Whether the scan before found the same state: no copy is in progress.</param>
internal readonly record struct VersionOnDisk(ModelVersionFolder Folder, FilesStamp Stamp, bool IsSettled);
