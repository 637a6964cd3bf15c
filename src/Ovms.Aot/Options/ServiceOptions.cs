namespace Ovms.Options;

/// <summary>Options of <c>ovms service</c>, beside those of the server that it runs.</summary>
[OptionTable(Section = "Windows service: ovms service")]
internal sealed partial record ServiceOptions
{
    /// <summary>Name of the service; several services need several names.</summary>
    [Option("service_name", Placeholder = "NAME")]
    public string ServiceName { get; init; } = "ovms";

    /// <summary>Folder from which relative paths in the server's options start; Windows starts services in a folder of its own.</summary>
    [Option("service_directory", Placeholder = "FOLDER", DefaultText = "the folder in which install is run")]
    public string ServiceDirectory { get; init; } = "";
}
