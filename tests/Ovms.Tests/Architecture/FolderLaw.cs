namespace Ovms.Tests.Architecture;

/// <summary>
/// What each folder of the server may name besides itself: what stands to the right of it in ARCHITECTURE.md. Rooms of one stratum are
/// listed one by one; of what lies below, <c>/*</c> means a folder with all its rooms. What no file uses is not permitted.
/// </summary>
internal static class FolderLaw
{
    // Folder → what it may name.
    private static readonly Dictionary<string, string[]> s_permitted = new()
    {
        ["Program"] = ["Bench", "Probe", "Hosting", "Configuration", "Options", "Observability"],

        // The composition: makes all of it, and tells the fronts what the options say.
        ["Hosting"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Extensions", "Frontends/Grpc/Server", "Frontends/Grpc/Transport",
            "Frontends/Rest", "Frontends/Rest/Server", "Inference/*", "Serving/*",
            "Configuration", "Devices/*", "Repository/*", "Tensors", "Native", "Disk", "Options", "Status", "Observability/*",
        ],
        ["Bench"] =
        [
            "Hosting", FolderMap.Protos, "Serving", "Serving/Loading", "Serving/Requests", "Serving/Signatures", "Serving/Table",
            "Repository", "Tensors", "Native", "Options", "Status", "Observability/*",
        ],

        ["Probe"] = ["Hosting", "Configuration", "Options", "Status"],

        // What both fronts say, and then each of them; the two do not know each other.
        ["Frontends"] = ["Inference/*", "Serving/*", "Tensors", "Status"],
        ["Frontends/Connections"] = ["Options"],
        ["Frontends/Extensions"] = ["Serving/*", "Status", "Observability/*"],
        ["Frontends/Grpc/Transport"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Extensions", "Tensors", "Inference/*", "Status", "Observability/*",
        ],
        ["Frontends/Grpc/Binding"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Grpc/Transport", "Inference/*", "Serving/*", "Tensors", "Status", "Wire",
        ],
        ["Frontends/Grpc/KServe"] =
        [
            "Frontends/Extensions", "Frontends/Grpc/Binding", "Frontends/Grpc/Transport", FolderMap.Protos, "Inference/*", "Serving/*",
            "Tensors", "Status", "Wire", "Observability/*",
        ],
        ["Frontends/Grpc/TensorFlow"] =
        [
            "Frontends", "Frontends/Grpc/Binding", "Frontends/Grpc/Transport", FolderMap.Protos, "Inference/*", "Serving/*", "Tensors",
            "Status", "Wire", "Observability/*",
        ],
        ["Frontends/Grpc/Server"] =
        [
            "Frontends/Grpc/Binding", "Frontends/Grpc/KServe", "Frontends/Grpc/TensorFlow", "Frontends/Grpc/Transport",
            FolderMap.Protos, "Inference/*", "Serving/*", "Status",
        ],
        ["Frontends/Rest/Json"] = ["Inference/*", "Tensors", "Status"],
        ["Frontends/Rest/Body"] = ["Frontends", "Frontends/Rest/Json", "Serving/*", "Tensors", "Status"],
        ["Frontends/Rest"] =
        [
            "Frontends", "Frontends/Extensions", "Frontends/Rest/Body", "Frontends/Rest/Json", "Inference/*", "Serving/*", "Tensors",
            "Status", "Observability/*",
        ],
        ["Frontends/Rest/KServe"] =
        [
            "Frontends/Extensions", "Frontends/Rest", "Frontends/Rest/Body", "Frontends/Rest/Json", "Inference/*", "Serving/*",
            "Tensors", "Status", "Observability/*",
        ],
        ["Frontends/Rest/TensorFlow"] =
        [
            "Frontends", "Frontends/Rest", "Frontends/Rest/Body", "Frontends/Rest/Json", "Inference/*", "Serving/*", "Tensors",
            "Status", "Observability/*",
        ],
        ["Frontends/Rest/Server"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Rest", "Frontends/Rest/Body", "Frontends/Rest/Json",
            "Frontends/Rest/KServe", "Frontends/Rest/TensorFlow", "Inference/*", "Serving/*", "Tensors", "Status", "Observability/*",
        ],

        ["Inference"] =
        [
            "Inference/Messages", "Inference/Bytes", "Inference/Images", "Inference/Checks", "Inference/Sequences", "Serving/*", "Tensors",
            "Native", "Status", "Observability/*",
        ],
        ["Inference/Messages"] = ["Serving/*", "Tensors", "Status", "Observability/*"],
        ["Inference/Bytes"] = ["Inference/Messages", "Serving/*", "Tensors", "Native", "Status"],
        ["Inference/Images"] = ["Inference/Messages", "Inference/Bytes", "Serving/*", "Tensors", "Native", "Status"],
        ["Inference/Checks"] = ["Inference/Messages", "Inference/Bytes", "Serving/*", "Tensors", "Native", "Status"],
        ["Inference/Sequences"] = ["Inference/Messages", "Inference/Checks", "Serving/*", "Native", "Status"],

        ["Serving"] = [],
        ["Serving/Signatures"] = ["Tensors", "Native"],
        ["Serving/Shapes"] = ["Serving/Requests", "Serving/Signatures", "Native"],
        ["Serving/Preparation"] = ["Serving/Signatures", "Repository", "Native", "Options", "Status"],
        ["Serving/Requests"] = ["Serving/Signatures", "Devices", "Tensors", "Native", "Status"],
        ["Serving/Sequences"] =
        [
            "Serving/Preparation", "Serving/Requests", "Devices", "Repository", "Options", "Status",
        ],
        ["Serving/Draining"] = [],
        ["Serving/Table"] =
        [
            "Serving", "Serving/Draining", "Serving/Requests", "Serving/Sequences", "Serving/Shapes", "Serving/Signatures", "Native",
            "Status", "Observability/*",
        ],
        ["Serving/Variants"] = ["Serving/Preparation", "Serving/Shapes", "Serving/Signatures", "Serving/Table", "Status"],
        ["Serving/Loading"] =
        [
            "Serving", "Serving/Preparation", "Serving/Requests", "Serving/Sequences", "Serving/Shapes", "Serving/Signatures",
            "Serving/Table", "Serving/Variants", "Devices/*", "Repository/*", "Tensors", "Native", "Options", "Status",
            "Observability/*",
        ],
        ["Serving/Lifecycle"] =
        [
            "Serving", "Serving/Loading", "Serving/Draining", "Serving/Table", "Configuration", "Devices/*", "Repository/*", "Native", "Options", "Status",
            "Observability/*",
        ],

        // A folder of models is a configuration.
        ["Configuration"] = ["Repository", "Disk", "Options/*", "Status"],
        ["Devices"] = ["Devices/Cpu", "Native", "Disk", "Options", "Status"],
        ["Devices/Cpu"] = [],
        ["Repository"] = ["Disk", "Status"],
        ["Repository/Remote"] = ["Repository", "Disk", "Status"],
        ["Tensors"] = ["Native", "Status", "Wire"],

        ["Options"] = ["Observability"],
        ["Options/Parsing"] = ["Options"],
        ["Status"] = ["Observability"],
        ["Wire"] = [],
        ["Observability"] = ["Disk"],
        ["Observability/Metrics"] = ["Observability"],
        ["Disk"] = [],
    };

    /// <summary>Folders that name each other, and why they may.</summary>
    public static Dictionary<(string, string), string> Pairs { get; } = new()
    {
    };

    /// <summary>Every folder that has a law.</summary>
    public static IEnumerable<string> Folders => s_permitted.Keys;

    /// <summary>What a folder may name.</summary>
    public static IReadOnlyList<string> PermittedTo(string folder) => s_permitted[folder];

    /// <summary>Whether an entry of the law covers a folder.</summary>
    public static bool Covers(string entry, string folder) =>
        entry.EndsWith("/*", StringComparison.Ordinal)
            ? folder == entry[..^2] || folder.StartsWith(entry[..^1], StringComparison.Ordinal)
            : folder == entry;
}
