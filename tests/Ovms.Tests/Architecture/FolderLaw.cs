namespace Ovms.Tests.Architecture;

/// <summary>
/// The folders that each folder of the server may use: those to the right of it in ARCHITECTURE.md. Each subfolder has its own entry.
/// A dependency that no file has must not be listed.
/// </summary>
internal static class FolderLaw
{
    // Folder → the folders that it may use.
    private static readonly Dictionary<string, string[]> s_permitted = new()
    {
        ["Program"] = ["Bench", "Bench/Tuning", "Probe", "Service", "Hosting", "Pipelines/Isolation", "Configuration", "Options"],

        // Creates all parts of the server and passes the options to them.
        ["Hosting"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Extensions", "Frontends/Grpc/Server", "Frontends/Grpc/Transport",
            "Frontends/Rest", "Frontends/Rest/Server", "Inference", "Inference/Messages", "Serving/Adaptive", "Serving/Draining",
            "Serving/Lifecycle", "Serving/Health", "Serving/Loading", "Serving/Table", "Configuration", "Devices", "Devices/Cpu",
            "Devices/Health", "Repository", "Repository/Remote", "SharedMemory", "Tensors", "Native", "Disk", "Options", "Status",
            "Observability", "Observability/Metrics", "Generation", "Generation/Loading",
            "Graphs/Definitions", "Graphs/Execution", "Graphs/Interpreters", "Pipelines",
        ],
        ["Bench"] =
        [
            "Hosting", FolderMap.Protos, "Serving", "Serving/Loading", "Serving/Preparation", "Serving/Requests", "Serving/Signatures",
            "Serving/Table", "Configuration", "Repository", "Tensors", "Native", "Options", "Status", "Observability", "Bench/Language",
            "Bench/Measuring",
        ],
        ["Bench/Tuning"] =
        [
            "Bench", "Bench/Measuring", "Hosting", "Serving/Loading", "Serving/Preparation", "Serving/Signatures", "Configuration", "Devices",
            "Repository", "Native", "Options", "Options/Parsing", "Status",
        ],
        ["Bench/Measuring"] = ["Status", "Observability/Metrics"],
        ["Bench/Language"] =
        [
            "Bench/Measuring", "Hosting", "Generation/Loading", "Generation/Models", "Generation/Steps", "Language/Sampling", "Serving/Loading",
            "Repository", "Native", "Options", "Status",
        ],

        ["Probe"] = ["Hosting", "Configuration", "Options", "Status"],
        ["Service"] = ["Hosting", "Configuration", "Options", "Status"],

        // The common code of both front ends, then each front end. The two do not use each other.
        ["Frontends"] = ["Inference", "Inference/Bytes", "Serving/Signatures", "Serving/Table", "Tensors", "Status"],
        ["Frontends/Connections"] = ["Options"],
        ["Frontends/Extensions"] = ["Serving", "Serving/Signatures", "Serving/Table", "SharedMemory", "Status", "Observability/Metrics"],
        ["Frontends/Grpc/Transport"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Extensions", "Tensors", "Status", "Observability",
        ],
        ["Frontends/Grpc/Binding"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Grpc/Transport", "Inference", "Inference/Messages", "Serving/Table",
            "Tensors", "Status", "Wire",
        ],
        ["Frontends/Grpc/KServe"] =
        [
            "Frontends/Extensions", "Frontends/Grpc/Binding", "Frontends/Grpc/Transport", FolderMap.Protos, "Inference",
            "Inference/Messages", "Inference/Sequences", "Serving/Draining", "Serving/Lifecycle", "Serving/Requests",
            "Serving/Signatures", "Serving/Table", "SharedMemory", "Tensors", "Status", "Wire", "Observability/Metrics",
        ],
        ["Frontends/Grpc/Streaming"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Grpc/Binding", "Frontends/Grpc/KServe", "Frontends/Grpc/Transport", "Inference",
            "Inference/Messages", "Serving", "Serving/Draining", "Serving/Table", "Tensors", "Status", "Observability/Metrics",
        ],
        ["Frontends/Grpc/TensorFlow"] =
        [
            "Frontends", "Frontends/Grpc/Binding", "Frontends/Grpc/Transport", FolderMap.Protos, "Inference", "Inference/Messages",
            "Inference/Sequences", "Serving/Requests", "Serving/Signatures", "Serving/Table", "Tensors", "Status", "Wire",
            "Observability/Metrics",
        ],
        ["Frontends/Grpc/Server"] =
        [
            "Frontends/Grpc/Binding", "Frontends/Grpc/KServe", "Frontends/Grpc/Streaming", "Frontends/Grpc/TensorFlow",
            "Frontends/Grpc/Transport", FolderMap.Protos, "Inference", "Serving/Draining", "Serving/Lifecycle", "Serving/Table", "Status",
        ],
        ["Frontends/Rest/Json"] = ["Inference/Messages", "Tensors", "Status"],
        ["Frontends/Rest/Body"] = ["Frontends", "Frontends/Rest/Json", "Serving/Signatures", "Tensors", "Status", "Wire"],
        ["Frontends/Rest"] =
        [
            "Frontends", "Frontends/Extensions", "Frontends/Rest/Body", "Frontends/Rest/Json", "Inference", "Inference/Messages",
            "Serving/Signatures", "Serving/Table", "Tensors", "Status", "Observability/Metrics",
        ],
        ["Frontends/Rest/KServe"] =
        [
            "Frontends/Extensions", "Frontends/Rest", "Frontends/Rest/Body", "Frontends/Rest/Json", "Inference", "Inference/Messages",
            "Serving", "Serving/Requests", "Serving/Signatures", "Serving/Table", "SharedMemory", "Tensors", "Status",
            "Observability/Metrics",
        ],
        ["Frontends/Rest/TensorFlow"] =
        [
            "Frontends", "Frontends/Rest", "Frontends/Rest/Body", "Frontends/Rest/Json", "Inference", "Inference/Messages",
            "Inference/Sequences", "Serving", "Serving/Requests", "Serving/Signatures", "Serving/Table", "Tensors",
            "Status", "Observability/Metrics",
        ],
        ["Frontends/Rest/OpenAi"] =
        [
            "Frontends", "Frontends/Rest", "Frontends/Rest/Body", "Frontends/Rest/Json", "Generation", "Generation/Requests",
            "Language/Sampling", "Language/Text", "Language/Vocabulary", "Repository/Language", "Serving/Draining", "Serving/Loading", "Serving/Table", "Tensors", "Status",
            "Observability/Metrics",
        ],
        ["Frontends/Rest/Server"] =
        [
            "Frontends", "Frontends/Connections", "Frontends/Rest", "Frontends/Rest/Body", "Frontends/Rest/Json", "Frontends/Rest/KServe",
            "Frontends/Rest/OpenAi", "Frontends/Rest/TensorFlow", "Inference", "Serving", "Serving/Draining", "Serving/Lifecycle", "Serving/Table", "Tensors",
            "Status", "Observability/Metrics",
        ],

        // Pipelines of models and custom nodes: what combines the parts, then the parts.
        ["Pipelines"] =
        [
            "Pipelines/BuiltIn", "Pipelines/Definitions", "Pipelines/Execution", "Pipelines/Isolation", "Pipelines/Libraries", "Inference",
            "Serving/Health", "Serving/Loading", "Serving/Signatures", "Serving/Table", "Configuration", "Configuration/Pipelines", "Repository",
            "Native", "Options", "Status", "Observability",
        ],
        ["Pipelines/Isolation"] = ["Pipelines/Libraries", "Pipelines/Tensors", "Processes", "Tensors", "Native", "Status"],
        ["Pipelines/Tensors"] = ["Tensors", "Native"],
        ["Pipelines/Libraries"] = ["Pipelines/Tensors", "Tensors", "Native", "Status"],
        ["Pipelines/BuiltIn"] = ["Pipelines/Libraries", "Pipelines/Tensors", "Native", "Status"],
        ["Pipelines/Definitions"] = ["Pipelines/Libraries", "Serving/Signatures", "Configuration/Pipelines", "Native", "Status"],
        ["Pipelines/Execution"] =
        [
            "Pipelines/Definitions", "Pipelines/Libraries", "Pipelines/Tensors", "Inference", "Inference/Messages", "Serving/Requests",
            "Serving/Signatures", "Configuration/Pipelines", "Tensors", "Native", "Status",
        ],

        ["Inference"] =
        [
            "Inference/Messages", "Inference/Bytes", "Inference/Images", "Inference/Checks", "Inference/Sequences", "Inference/Shared",
            "Serving/Batches", "Serving/Draining", "Serving/Requests", "Serving/Signatures", "Serving/Table", "SharedMemory", "Tensors",
            "Native", "Status", "Observability/Metrics",
        ],
        ["Inference/Shared"] =
        [
            "Inference/Messages", "Inference/Checks", "Inference/Sequences", "Serving/Requests", "Serving/Signatures", "SharedMemory",
            "Tensors", "Native", "Status",
        ],
        ["Inference/Messages"] = ["Serving/Requests", "Serving/Signatures", "SharedMemory", "Tensors", "Status", "Observability/Metrics"],
        ["Inference/Bytes"] = ["Inference/Messages", "Serving/Signatures", "Tensors", "Native", "Status"],
        ["Inference/Images"] = ["Inference/Messages", "Inference/Bytes", "Serving/Signatures", "Tensors", "Native", "Status"],
        ["Inference/Checks"] = ["Inference/Messages", "Inference/Bytes", "Serving/Signatures", "Tensors", "Native", "Status"],
        ["Inference/Sequences"] =
        [
            "Inference/Messages", "Inference/Checks", "Serving/Requests", "Serving/Signatures", "Serving/Table", "Native", "Status",
        ],

        // Graphs: from the text to a definition, its calculators, and what computes their calls.
        ["Graphs/Interpreters"] = ["Processes", "Tensors", "Status", "Observability"],
        ["Graphs/Definitions"] = ["Graphs/Calculators/Flow", "Graphs/Calculators/Vision", "Configuration/Graphs", "Options", "Status"],
        ["Graphs/Packets"] = [],
        ["Graphs/Scheduling"] = ["Graphs/Packets", "Status"],
        ["Graphs/Calculators"] = ["Graphs/Packets", "Graphs/Scheduling", "Configuration/Graphs", "Status"],
        ["Graphs/Calculators/Flow"] = ["Graphs/Calculators", "Graphs/Packets", "Graphs/Scheduling", "Configuration/Graphs", "Status"],
        ["Graphs/Calculators/Vision"] =
        [
            "Graphs/Calculators", "Graphs/Calculators/OpenVino", "Graphs/Packets", "Graphs/Scheduling", "Configuration/Graphs",
            "Inference/Messages", "Serving/Signatures", "Tensors", "Native", "Disk", "Status",
        ],
        ["Graphs/Calculators/Python"] =
        [
            "Graphs/Calculators", "Graphs/Calculators/OpenVino", "Graphs/Interpreters", "Graphs/Packets", "Graphs/Scheduling",
            "Configuration/Graphs", "Serving/Signatures", "Tensors", "Native", "Status",
        ],
        ["Graphs/Calculators/OpenVino"] =
        [
            "Graphs/Packets", "Graphs/Scheduling", "Configuration/Graphs", "Inference", "Inference/Messages", "Serving/Requests",
            "Serving/Signatures", "Tensors", "Native", "Status",
        ],
        ["Graphs/Execution"] =
        [
            "Graphs/Calculators", "Graphs/Calculators/Flow", "Graphs/Calculators/OpenVino", "Graphs/Calculators/Python",
            "Graphs/Calculators/Vision", "Graphs/Definitions", "Graphs/Interpreters", "Graphs/Packets", "Graphs/Scheduling", "Configuration", "Configuration/Graphs", "Inference", "Inference/Checks", "Inference/Messages", "Serving", "Serving/Requests", "Serving/Signatures", "Serving/Table", "Tensors",
            "Native", "Options", "Status", "Observability", "Observability/Metrics",
        ],

        // Language without engine, clock or disk.
        ["Language/Values"] = ["Status"],
        ["Language/Templates"] = ["Language/Values", "Status"],
        ["Language/Chat"] = ["Language/Templates", "Language/Values", "Status"],

        // A language model with all its parts, and how it is loaded.
        ["Generation"] =
        [
            "Generation/Scheduling", "Generation/Tokenizing", "Language/Chat", "Repository/Language", "Serving/Loading", "Serving/Table",
            "Status", "Observability/Metrics",
        ],
        ["Generation/Loading"] =
        [
            "Generation", "Generation/Models", "Generation/Scheduling", "Generation/Tokenizing", "Language/Chat", "Language/Text", "Serving",
            "Serving/Health", "Serving/Loading", "Serving/Signatures", "Serving/Table", "Devices", "Devices/Cpu", "Devices/Health",
            "Repository", "Repository/Language", "Status", "Observability",
        ],

        // Text generation: the contract of a step, then the parts on both of its sides.
        ["Generation/Steps"] = ["Status"],
        ["Generation/Tokenizing"] = ["Language/Vocabulary", "Serving/Requests", "Repository/Language", "Native", "Status"],

        // Texts and tokens, without engine, clock or disk.
        ["Language/Vocabulary"] = ["Status"],
        ["Generation/Cache"] = [],
        ["Generation/Requests"] = ["Language/Sampling", "Status"],
        ["Generation/Scheduling"] =
        [
            "Generation/Cache", "Generation/Requests", "Generation/Steps", "Language/Sampling", "Status", "Observability",
            "Observability/Metrics",
        ],

        // What is known of languages without an engine, a clock or a disk.
        ["Language/Sampling"] = ["Status"],
        ["Language/Text"] = [],
        ["Generation/Models"] = ["Generation/Steps", "Native", "Disk", "Status"],

        ["Serving"] = [],
        ["Serving/Signatures"] = ["Tensors", "Native"],
        ["Serving/Shapes"] = ["Serving/Requests", "Serving/Signatures", "Devices", "Native"],
        ["Serving/Preparation"] = ["Serving/Signatures", "Repository", "Native", "Options", "Status"],
        ["Serving/Requests"] = ["Serving/Signatures", "Devices", "Devices/Health", "Tensors", "Native", "Status"],
        ["Serving/Sequences"] = ["Serving/Preparation", "Serving/Requests", "Devices", "Repository", "Options", "Status"],
        ["Serving/Health"] =
        [
            "Serving", "Serving/Requests", "Serving/Shapes", "Serving/Signatures", "Devices", "Devices/Health", "Native", "Status",
            "Observability",
        ],
        ["Serving/Draining"] = [],
        ["Serving/Batches"] = ["Serving/Requests", "Serving/Shapes", "Serving/Signatures", "Tensors", "Native", "Status"],
        ["Serving/Table"] =
        [
            "Serving", "Serving/Batches", "Serving/Draining", "Serving/Health", "Serving/Requests", "Serving/Sequences", "Serving/Shapes",
            "Serving/Signatures", "Devices/Health", "Native", "Status", "Observability/Metrics",
        ],
        ["Serving/Variants"] = ["Serving/Preparation", "Serving/Shapes", "Serving/Signatures", "Serving/Table", "Status"],
        ["Serving/Adaptive"] = ["Serving", "Serving/Table", "Status", "Observability", "Observability/Metrics"],
        ["Serving/Loading"] =
        [
            "Serving", "Serving/Batches", "Serving/Health", "Serving/Preparation", "Serving/Requests", "Serving/Sequences", "Serving/Shapes",
            "Serving/Signatures", "Serving/Table", "Serving/Variants", "Configuration", "Configuration/Pipelines", "Devices", "Devices/Cpu",
            "Devices/Health", "Repository", "Repository/Language", "Repository/Remote", "Tensors", "Native", "Options", "Status", "Observability",
        ],
        ["Serving/Lifecycle"] =
        [
            "Serving", "Serving/Health", "Serving/Loading", "Serving/Draining", "Serving/Table", "Configuration",
            "Configuration/Pipelines", "Devices/Cpu", "Repository", "Repository/Remote", "Native", "Options", "Status", "Observability", "Observability/Metrics",
        ],

        // Uses Repository, because a folder of models is a configuration.
        ["Configuration/Pipelines"] = [],
        ["Configuration/Graphs"] = ["Disk", "Options", "Options/Parsing", "Status"],
        ["Configuration"] =
        [
            "Configuration/Graphs", "Configuration/Pipelines", "Repository", "Disk", "Options", "Options/Parsing", "Status",
        ],
        ["Devices"] = ["Devices/Cpu", "Devices/Health", "Native", "Disk", "Options", "Status"],
        ["Devices/Cpu"] = ["Observability"],
        ["Devices/Health"] = ["Native", "Status", "Observability"],
        ["Repository"] = ["Disk", "Status"],
        ["Repository/Remote"] = ["Repository", "Disk", "Status"],
        ["Repository/Language"] = ["Repository", "Disk", "Status", "Wire"],
        ["Tensors"] = ["Native", "Status", "Wire"],
        ["SharedMemory"] = ["Disk", "Options", "Status"],

        ["Processes"] = ["Status", "Observability"],
        ["Options"] = ["Observability"],
        ["Options/Parsing"] = ["Options"],
        ["Status"] = ["Observability"],
        ["Wire"] = [],
        ["Observability"] = ["Disk"],
        ["Observability/Metrics"] = ["Observability"],
        ["Disk"] = [],
    };

    /// <summary>Every folder that is listed.</summary>
    public static IEnumerable<string> Folders => s_permitted.Keys;

    /// <summary>The folders that a folder may use.</summary>
    public static IReadOnlyList<string> PermittedTo(string folder) => s_permitted[folder];
}
