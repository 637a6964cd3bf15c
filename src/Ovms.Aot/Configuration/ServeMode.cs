namespace Ovms.Configuration;

/// <summary>What kind of thing is served.</summary>
internal enum ServeMode
{
    /// <summary>One model of the command line: when it cannot be loaded at the start, the process ends.</summary>
    SingleModel,

    /// <summary>The models of a configuration file: each stands alone, and none that fails ends the process.</summary>
    ConfigFile,

    /// <summary>The models found under a folder: as with a file.</summary>
    Repository,
}
