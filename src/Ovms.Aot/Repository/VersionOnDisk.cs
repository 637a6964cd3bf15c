namespace Ovms.Repository;

/// <summary>A version as the last look at the disk found it.</summary>
/// <param name="Folder">Which and where.</param>
/// <param name="Stamp">How its files look.</param>
/// <param name="IsSettled">Whether they looked so at the look before, too: nobody is just copying them.</param>
internal readonly record struct VersionOnDisk(ModelVersionFolder Folder, FilesStamp Stamp, bool IsSettled);
