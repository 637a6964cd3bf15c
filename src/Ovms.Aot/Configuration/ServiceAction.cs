namespace Ovms.Configuration;

/// <summary>What <c>ovms service</c> does; the words on the command line are the same in lower case.</summary>
internal enum ServiceAction
{
    /// <summary>Registers the service; it starts with Windows.</summary>
    Install,

    /// <summary>Stops it and removes its registration.</summary>
    Uninstall,

    /// <summary>Starts it and waits until its ports are open.</summary>
    Start,

    /// <summary>Stops it and waits until calls in flight have finished.</summary>
    Stop,

    /// <summary>Runs the server as the service's process; the service control manager calls this.</summary>
    Run,
}
