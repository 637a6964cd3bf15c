namespace Ovms.Disk;

/// <summary>The type of a file. The values are those of Linux (S_IFMT of st_mode).</summary>
internal enum FileKind
{
    /// <summary>The system does not report it, or there is no file.</summary>
    Unknown = 0,

    /// <summary>A named pipe.</summary>
    Pipe = 0x1000,

    /// <summary>A character device.</summary>
    CharacterDevice = 0x2000,

    /// <summary>A folder.</summary>
    Directory = 0x4000,

    /// <summary>A block device.</summary>
    BlockDevice = 0x6000,

    /// <summary>A regular file.</summary>
    Regular = 0x8000,

    /// <summary>A symbolic link.</summary>
    SymbolicLink = 0xA000,

    /// <summary>A unix domain socket.</summary>
    Socket = 0xC000,
}
