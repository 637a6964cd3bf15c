namespace Ovms.Disk;

/// <summary>What a path leads to. The numbers are those of Linux (S_IFMT of st_mode).</summary>
internal enum FileKind
{
    /// <summary>The system does not tell, or nothing is there.</summary>
    Unknown = 0,

    /// <summary>A named pipe.</summary>
    Pipe = 0x1000,

    /// <summary>A device that is read by bytes.</summary>
    CharacterDevice = 0x2000,

    /// <summary>A folder.</summary>
    Directory = 0x4000,

    /// <summary>A device that is read by blocks.</summary>
    BlockDevice = 0x6000,

    /// <summary>A file.</summary>
    Regular = 0x8000,

    /// <summary>A unix domain socket.</summary>
    Socket = 0xC000,
}
