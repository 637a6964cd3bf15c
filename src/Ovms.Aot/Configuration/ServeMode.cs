namespace Ovms.Configuration;

/// <summary>The kind of configuration source.</summary>
internal enum ServeMode
{
    /// <summary>One model from the command line: if it cannot be loaded at start-up, the process ends.</summary>
    SingleModel,

    /// <summary>The models of a configuration file: each is independent, and no failure ends the process.</summary>
    ConfigFile,

    /// <summary>The models found under a folder; failures as with a file.</summary>
    Repository,
}
