namespace Ovms.Status;

/// <summary>
/// All results that the server answers or exits with. The attribute is the only source: message, gRPC code and HTTP status
/// are generated from it. Rows without codes only end the process and never reach a client.
/// </summary>
[StatusTable]
internal enum StatusCode
{
    /// <summary>Success.</summary>
    [Status("OK", Grpc = GrpcCode.OK, Http = 200)]
    Ok = 0,

    // Start: options, listeners.

    /// <summary>The command line is wrong.</summary>
    [Status("options validation error")]
    OptionsUsageError,

    /// <summary>A pair of --grpc_channel_arguments is malformed.</summary>
    [Status("gRPC channel arguments are not in the form name=value,name=value")]
    GrpcChannelArgWrongFormat,

    /// <summary>The gRPC listener could not start.</summary>
    [Status("Failed to start gRPC server")]
    FailedToStartGrpcServer,

    /// <summary>The REST listener could not start.</summary>
    [Status("Failed to start REST server")]
    FailedToStartRestServer,

    /// <summary>OpenVINO could not be loaded.</summary>
    [Status("Failed to load OpenVINO")]
    RuntimeUnavailable,

    /// <summary>The service control manager of Windows refused what ovms service asked for.</summary>
    [Status("Windows service failure")]
    ServiceFailed,

    // Configuration file.

    /// <summary>The configuration file does not exist or cannot be read.</summary>
    [Status("Configuration file not found or cannot open", Grpc = GrpcCode.Internal, Http = 500)]
    ConfigFileInvalid,

    /// <summary>The configuration file is not JSON or violates the schema.</summary>
    [Status("Configuration file is invalid", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    ConfigInvalid,

    /// <summary>Metrics are enabled without a REST port.</summary>
    [Status("Missing rest_port parameter in server CLI")]
    MetricsRestPortMissing,

    /// <summary>A list of metrics has an unknown or duplicate family.</summary>
    [Status("Invalid name in metrics_list")]
    InvalidMetricsFamilyName,

    // Load: repository, model, device.

    /// <summary>The model's path does not exist or cannot be read.</summary>
    [Status("The provided base path is invalid or doesn't exists", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    PathInvalid,

    /// <summary>A file of the model does not exist or cannot be read.</summary>
    [Status("File not found or cannot open", Grpc = GrpcCode.Internal, Http = 500)]
    FileInvalid,

    /// <summary>mapping_config.json is malformed, or does not fit the model beside it.</summary>
    [Status("Mapping file is invalid", Grpc = GrpcCode.Internal, Http = 500)]
    MappingInvalid,

    /// <summary>The base path holds no version folder that the policy selects.</summary>
    [Status("No version of the model is available", Grpc = GrpcCode.Internal, Http = 500)]
    NoModelVersionAvailable,

    /// <summary>A library that object stores need is missing on this machine.</summary>
    [Status("Object stores cannot be used here", Grpc = GrpcCode.Internal, Http = 500)]
    RemoteUnusable,

    /// <summary>The object store is unreachable, broke the connection or is overloaded; a retry may succeed.</summary>
    [Status("The object store cannot be reached", Grpc = GrpcCode.Internal, Http = 500)]
    RemoteUnreachable,

    /// <summary>The object store denies access, or credentials are missing or malformed.</summary>
    [Status("Access to the object store is refused", Grpc = GrpcCode.Internal, Http = 500)]
    RemoteAccessRefused,

    /// <summary>The object store has no such bucket, container or share.</summary>
    [Status("The bucket or container does not exist", Grpc = GrpcCode.Internal, Http = 500)]
    RemoteContainerMissing,

    /// <summary>The object store answered with another error.</summary>
    [Status("The object store answered with an error", Grpc = GrpcCode.Internal, Http = 500)]
    RemoteFailed,

    /// <summary>A file beside a language model has a content that cannot be used.</summary>
    [Status("A file of the language model is invalid", Grpc = GrpcCode.Internal, Http = 500)]
    LanguageFileInvalid,

    /// <summary>A file from the object store differs from its listing.</summary>
    [Status("A file from the object store is not what was listed", Grpc = GrpcCode.Internal, Http = 500)]
    RemoteFileInvalid,

    /// <summary>Files from an object store cannot be stored on the local disk.</summary>
    [Status("Files from the object store cannot be kept", Grpc = GrpcCode.Internal, Http = 500)]
    RemoteCacheFailed,

    /// <summary>--model_version_policy is malformed.</summary>
    [Status("Model version policy is in wrong format", Grpc = GrpcCode.Internal, Http = 500)]
    ModelVersionPolicyWrongFormat,

    /// <summary>--model_version_policy names an unknown policy.</summary>
    [Status("Model version policy contains unsupported key", Grpc = GrpcCode.Internal, Http = 500)]
    ModelVersionPolicyUnsupportedKey,

    /// <summary>A graph's file cannot be read, is malformed, or asks for what is not served.</summary>
    [Status("Graph is invalid", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphInvalid,

    /// <summary>A graph's text is malformed or empty, or names what does not exist.</summary>
    [Status("Failed to read protobuf graph configuration file", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphFileInvalid,

    /// <summary>An input of a graph has no name, or the name of another one.</summary>
    [Status("Mediapipe unexpected input stream packets name", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphInputName,

    /// <summary>An output of a graph has no name, or the name of another one.</summary>
    [Status("Mediapipe unexpected output stream packets name", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphOutputName,

    /// <summary>A side packet of a graph has no name, or the name of another one.</summary>
    [Status("Mediapipe unexpected input side packet stream name", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphSidePacketName,

    /// <summary>A graph takes the whole request and does not give the whole response.</summary>
    [Status(
        "Mediapipe KFS pass through graph is missing RESPONSE: string in the output name", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphResponseMissing,

    /// <summary>A graph gives the whole response and does not take the whole request.</summary>
    [Status(
        "Mediapipe KFS pass through graph is missing REQUEST: string in the input name", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphRequestMissing,

    /// <summary>A graph takes the whole request and has other inputs.</summary>
    [Status("Mediapipe unexpected input stream packets count", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphInputCount,

    /// <summary>A graph gives the whole response and has other outputs.</summary>
    [Status("Mediapipe unexpected output stream packets count", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphOutputCount,

    /// <summary>Nodes, streams or options of a graph do not fit together.</summary>
    [Status("Failed to initialize mediapipe graph", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphInitializationError,

    /// <summary>A node of a graph could not be opened, or a side packet is missing.</summary>
    [Status("Failed to start mediapipe graph", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphStartError,

    /// <summary>A packet at the input of a graph has a time that may not come there.</summary>
    [Status("Failed to add packet to mediapipe graph input stream", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphAddPacketError,

    /// <summary>A node of a graph failed on what the caller sent.</summary>
    [Status("Mediapipe execution failed. MP status", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    GraphExecutionError,

    // Python nodes: definition.

    /// <summary>A Python node has no options.</summary>
    [Status("The Python Node is missing options definition", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PythonNodeMissingOptions,

    /// <summary>A Python node has no name.</summary>
    [Status("The Python Node is missing name definition", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PythonNodeMissingName,

    /// <summary>Two Python nodes of a graph have one name.</summary>
    [Status("The Python Node name is already present in nodes list", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PythonNodeNameExists,

    /// <summary>The handler of a Python node is not there.</summary>
    [Status("The Python Node file path does not exist", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PythonNodeFileMissing,

    /// <summary>Python does not start, or the handler cannot be loaded or initialized.</summary>
    [Status("The Python Node state initialization failed", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PythonNodeStateFailed,

    /// <summary>Graphs may have no Python nodes here.</summary>
    [Status("Python nodes are not allowed", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PythonNodesNotAllowed,

    // Pipelines: definition.

    /// <summary>No node takes the request, or none gives the response.</summary>
    [Status("Pipeline definition is missing request or response node", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineMissingEntryOrExit,

    /// <summary>More than one node is named request.</summary>
    [Status("Pipeline definition has multiple request nodes", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineMultipleEntryNodes,

    /// <summary>More than one node is named response.</summary>
    [Status("Pipeline definition has multiple response nodes", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineMultipleExitNodes,

    /// <summary>A custom node names a library that is not listed or cannot be used.</summary>
    [Status("Pipeline refers to incorrect library", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineLibraryInvalid,

    /// <summary>The library's file cannot be loaded.</summary>
    [Status("Custom node library failed to open", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    NodeLibraryOpenFailed,

    /// <summary>The library lacks a function of the interface.</summary>
    [Status("Custom node library failed to load symbol", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    NodeLibrarySymbolMissing,

    /// <summary>The library's initialize returned an error.</summary>
    [Status("Failure during custom node library initialization", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    NodeLibraryInitializeFailed,

    /// <summary>The library does not say what a node takes and gives.</summary>
    [Status("Custom node failed on metadata call", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    NodeLibraryMetadataFailed,

    /// <summary>Two nodes have one name.</summary>
    [Status("Pipeline definition has multiple nodes with the same name", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineNodeNameDuplicate,

    /// <summary>A node names a model that is not served.</summary>
    [Status("Pipeline definition has reference to missing model", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineNodeMissingModel,

    /// <summary>A node's outputs are strings and would be split.</summary>
    [Status("Demultiplication is not supported for string precision", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineStringDemultiplication,

    /// <summary>gather_from_node names no node.</summary>
    [Status("Gather node refers to not existing node", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineGatherFromMissingNode,

    /// <summary>gather_from_node names a node without demultiply_count.</summary>
    [Status("Gather node refers to node that isn't demultiplexer", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineGatherFromNotDemultiplexer,

    /// <summary>gather_from_node names the request.</summary>
    [Status("Gathering from entry node is not allowed", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineGatherFromEntry,

    /// <summary>A tensor to be split has fewer than three dimensions.</summary>
    [Status("Pipeline has not enough shape dimensions to demultiply", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineNotEnoughDimensions,

    /// <summary>A tensor to be split has another first dimension than the count.</summary>
    [Status("Demultiplication count does not match tensor first dimension", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineDemultiplyCountMismatch,

    /// <summary>An input comes from a node that does not exist.</summary>
    [Status("Pipeline definition has reference to missing node", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineNodeMissingSource,

    /// <summary>An input comes from the response.</summary>
    [Status("Pipeline definition has response node used as dependency node", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineNodeFromResponse,

    /// <summary>An input comes from an item that its node does not give.</summary>
    [Status("Pipeline definition has reference to missing data source", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineNodeMissingDataSource,

    /// <summary>A node names an output that its model or library does not have.</summary>
    [Status("Pipeline definition has reference to missing model output", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineNodeMissingModelOutput,

    /// <summary>A node names an input that its model or library does not have.</summary>
    [Status("Pipeline definition has connection to non existing model input", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineConnectionToMissingInput,

    /// <summary>An input has two sources.</summary>
    [Status(
        "Pipeline definition has multiple connections to the same input of underlying model",
        Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineInputConnectedTwice,

    /// <summary>An input has no source.</summary>
    [Status(
        "Pipeline definition does not have connections for all inputs of underlying models",
        Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineInputsNotConnected,

    /// <summary>Nodes wait for each other.</summary>
    [Status("Pipeline definition contains a cycle", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineContainsCycle,

    /// <summary>The outputs of a node are not used.</summary>
    [Status("Pipeline definition has unconnected nodes", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineHasUnconnectedNodes,

    /// <summary>Parts of different demultiplexers meet.</summary>
    [Status("Demultiplexer and gather nodes are not in LIFO order", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineWrongGatherOrder,

    /// <summary>Nodes want different tensors from one input of the request.</summary>
    [Status(
        "Multiple nodes connected to the same pipeline input require different tensor metadata",
        Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    PipelineInputAmbiguous,

    // Pipelines: calls.

    /// <summary>What the pipeline needs is not served, or it is invalid; the original's REST API answers 404 here.</summary>
    [Status("Pipeline is not loaded yet", Grpc = GrpcCode.Unavailable, Http = 503)]
    PipelineNotLoadedYet,

    /// <summary>The pipeline was removed.</summary>
    [Status("Pipeline is retired", Grpc = GrpcCode.NotFound, Http = 404)]
    PipelineRetired,

    /// <summary>A custom node returned an error; the original answers UNKNOWN without a text here.</summary>
    [Status("Custom node failed during execution", Grpc = GrpcCode.Internal, Http = 500)]
    NodeLibraryExecutionFailed,

    /// <summary>A custom node broke the rules of its interface.</summary>
    [Status("Custom node library returned invalid outputs", Grpc = GrpcCode.Internal, Http = 500)]
    NodeLibraryOutputsInvalid,

    /// <summary>Calls of a custom node library have not returned since their callers gave up.</summary>
    [Status("Custom node library does not return", Grpc = GrpcCode.Unavailable, Http = 503)]
    NodeLibraryHangs,

    /// <summary>The process of a custom node library has ended and is started again.</summary>
    [Status("Custom node library is started again", Grpc = GrpcCode.Unavailable, Http = 503)]
    NodeLibraryDown,

    /// <summary>A process that computes for the server cannot be started.</summary>
    [Status("Child process failed to start", Grpc = GrpcCode.Unavailable, Http = 503)]
    ChildProcessFailed,

    /// <summary>A demultiplexer of dynamic count found nothing.</summary>
    [Status("Pipeline execution aborted due to no content from custom node", Grpc = GrpcCode.Aborted, Http = 204)]
    PipelineNoResults,

    /// <summary>A demultiplexer would make more parts than allowed.</summary>
    [Status("Too large dynamic demultiplication requested.", Grpc = GrpcCode.Internal, Http = 500)]
    PipelineTooManyParts,

    /// <summary>A tensor cannot be split as configured.</summary>
    [Status("Wrong dimension size. Should match demultiply count", Grpc = GrpcCode.Internal, Http = 500)]
    PipelinePartsInvalid,

    /// <summary>Parts that are gathered have different shapes.</summary>
    [Status("Gathered tensor shards dimensions are different", Grpc = GrpcCode.Internal, Http = 500)]
    PipelineShardsDiffer,

    /// <summary>The tensors of one call exceed the limit.</summary>
    [Status("Pipeline needs too much memory for one request", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    PipelineTooLarge,

    // Load: models.

    /// <summary>More packets wait in a graph than it may hold.</summary>
    [Status("The queues of the graph are full", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    GraphQueueFull,

    /// <summary>The model's settings contradict the model or the device.</summary>
    [Status("Model config is invalid")]
    ModelConfigInvalid,

    /// <summary>An option for stateful models is set for a model that is not stateful.</summary>
    [Status("Stateful model config parameter used for non stateful model")]
    InvalidNonStatefulModelParameter,

    /// <summary>Another servable has the name.</summary>
    [Status("Given model name is already occupied")]
    ModelNameOccupied,

    /// <summary>OpenVINO could not read the model.</summary>
    [Status("Error while loading a model", Grpc = GrpcCode.Internal, Http = 500)]
    ModelNotLoaded,

    /// <summary>No known model format is in the folder.</summary>
    [Status("Model format is not recognised", Grpc = GrpcCode.Internal, Http = 500)]
    ModelFormatUnknown,

    /// <summary>The device string is malformed.</summary>
    [Status("Target device is in wrong format")]
    TargetDeviceWrongFormat,

    /// <summary>A requested device is not available.</summary>
    [Status("Target device is not available", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    TargetDeviceNotAvailable,

    /// <summary>The device rejected the model.</summary>
    [Status("Cannot compile model into target device", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    CannotCompileModelIntoTargetDevice,

    /// <summary>--plugin_config is not a JSON object of properties.</summary>
    [Status("Plugin config is in wrong format", Grpc = GrpcCode.Internal, Http = 500)]
    PluginConfigWrongFormat,

    /// <summary>A property is given under both its old and its new name.</summary>
    [Status("Plugin config has conflicting parameters")]
    PluginConfigConflictingParameters,

    /// <summary>More infer requests are configured than allowed.</summary>
    [Status("Nireq parameter too high")]
    InvalidNireq,

    /// <summary>--batch_size is malformed.</summary>
    [Status("Batch size is in wrong format")]
    BatchSizeWrongFormat,

    /// <summary>--shape is malformed.</summary>
    [Status("The provided shape is in wrong format", Grpc = GrpcCode.Internal, Http = 500)]
    ShapeWrongFormat,

    /// <summary>--layout is malformed.</summary>
    [Status("The provided layout is in wrong format")]
    LayoutWrongFormat,

    /// <summary>The layout's rank differs from the port's.</summary>
    [Status("Layout is incompatible with shape")]
    LayoutIncompatibleWithShape,

    /// <summary>--color_format is malformed.</summary>
    [Status("The provided color format is in wrong format")]
    ColorFormatWrongFormat,

    /// <summary>--precision is malformed.</summary>
    [Status("The provided precision is in wrong format")]
    PrecisionWrongFormat,

    /// <summary>--mean or --scale is malformed.</summary>
    [Status("The provided float or array of floats is in wrong format")]
    FloatWrongFormat,

    /// <summary>One shape without a name for a model with several inputs.</summary>
    [Status("Anonymous fixed shape is not allowed for models with multiple inputs")]
    AnonymousFixedShapeNotAllowed,

    /// <summary>One layout without a name for a model with several inputs.</summary>
    [Status("Anonymous fixed layout is not allowed for models with multiple inputs")]
    AnonymousFixedLayoutNotAllowed,

    /// <summary>--shape names an input the model does not have.</summary>
    [Status("Shape is given for an input that is not in the model")]
    ConfigShapeIsNotInModel,

    /// <summary>--layout names a port the model does not have.</summary>
    [Status("Layout is given for an input or output that is not in the model")]
    ConfigLayoutIsNotInModel,

    /// <summary>--shape uses the model's own name of an input that a mapping renames.</summary>
    [Status("Shape is given under the model's own name of an input that is mapped to another name")]
    ConfigShapeMappedButUsedRealName,

    /// <summary>--layout uses the model's own name of a port that a mapping renames.</summary>
    [Status("Layout is given under the model's own name of a port that is mapped to another name")]
    ConfigLayoutMappedButUsedRealName,

    /// <summary>Batch size or shape auto for a scalar input.</summary>
    [Status("Batch size and shape cannot be auto for scalar inputs")]
    ModelWithScalarAutoUnsupported,

    /// <summary>OpenVINO could not reshape the model.</summary>
    [Status("Model could not be reshaped with requested shape", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    ReshapeError,

    // Selecting the model.

    /// <summary>The request names no model (TensorFlow Serving).</summary>
    [Status("model_spec missing in request", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    ModelSpecMissing,

    /// <summary>No model has the name.</summary>
    [Status("Model with requested name is not found", Grpc = GrpcCode.NotFound, Http = 404)]
    ModelNameMissing,

    /// <summary>The model has no such version.</summary>
    [Status("Model with requested version is not found", Grpc = GrpcCode.NotFound, Http = 404)]
    ModelVersionMissing,

    /// <summary>The version was unloaded.</summary>
    [Status("Model with requested version is retired", Grpc = GrpcCode.NotFound, Http = 404)]
    ModelVersionNotLoadedAnymore,

    /// <summary>The version is loading; the original's REST API answers 404 here.</summary>
    [Status("Model with requested version is not loaded yet", Grpc = GrpcCode.Unavailable, Http = 503)]
    ModelVersionNotLoadedYet,

    /// <summary>The version is not a number.</summary>
    [Status("invalid model version format in request", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    ModelVersionInvalidFormat,

    /// <summary>The request selects a version by label.</summary>
    [Status("Versions have no labels here", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    ModelVersionLabelUnsupported,

    /// <summary>The request asks for metadata other than the signature (TensorFlow Serving).</summary>
    [Status("Invalid signature name", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidSignatureDef,

    /// <summary>An inference for a model that generates text, or the other way round.</summary>
    [Status("The model does not serve this endpoint", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    WrongEndpoint,

    /// <summary>A request for text is wrong in itself: a field, its range, or the template's rules.</summary>
    [Status("Invalid request", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidTextRequest,

    // Checking the request. The original reports several of these as "Unknown error"; here all are faults of the caller.

    /// <summary>The bytes are not a valid protobuf message.</summary>
    [Status("The message cannot be parsed", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    MalformedMessage,

    /// <summary>The parts of the message contradict each other.</summary>
    [Status("Invalid message structure", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidMessageStructure,

    /// <summary>The number of inputs differs from the model's.</summary>
    [Status("Invalid number of inputs", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidNoOfInputs,

    /// <summary>An input of the model is not in the request.</summary>
    [Status("Missing input with specific name", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    MissingInput,

    /// <summary>The request has an input that the model does not have.</summary>
    [Status("Unexpected input", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    UnexpectedInput,

    /// <summary>The request has one input twice.</summary>
    [Status("Duplicate input", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    DuplicateInput,

    /// <summary>The request asks for an unknown output, or for one output twice.</summary>
    [Status("Invalid requested output", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidRequestedOutput,

    /// <summary>The datatype differs from the model's.</summary>
    [Status("Invalid input precision", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidPrecision,

    /// <summary>The rank differs from the model's.</summary>
    [Status("Invalid number of shape dimensions", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidNoOfShapeDimensions,

    /// <summary>The batch size differs from the model's.</summary>
    [Status("Invalid input batch size", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidBatchSize,

    /// <summary>The shape differs from the model's.</summary>
    [Status("Invalid input shape", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidShape,

    /// <summary>The number of bytes does not fit the shape.</summary>
    [Status("Invalid content size of tensor proto", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidContentSize,

    /// <summary>The number of values does not fit the shape.</summary>
    [Status("Invalid number of values in tensor proto container", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidValueCount,

    /// <summary>A value does not fit its datatype.</summary>
    [Status("Invalid value in tensor", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidValue,

    /// <summary>A string tensor is larger than allowed.</summary>
    [Status("String tensor exceeds the maximum size", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidStringMaxSizeExceeded,

    /// <summary>A BYTES input without elements.</summary>
    [Status("bytes_contents is empty", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    BytesContentsEmpty,

    /// <summary>An encoded image for an input that takes no images.</summary>
    [Status(
        "Received binary image input but resource not configured to accept NHWC layout", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    UnsupportedLayout,

    /// <summary>The image cannot be decoded; the original answers UNKNOWN and 500 here.</summary>
    [Status("Image parsing failed", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    ImageParsingFailed,

    /// <summary>The image's number of channels differs from the model's.</summary>
    [Status("Invalid number of channels in binary input", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidNoOfChannels,

    /// <summary>The model accepts any size, but the images of one call differ in size.</summary>
    [Status("Binary input images for this endpoint are required to have the same resolution", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    BinaryImagesResolutionMismatch,

    /// <summary>A string output cannot be written as JSON text.</summary>
    [Status("Output holds bytes that are not UTF-8", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    OutputIsNotUtf8,

    /// <summary>A text for a language model is longer than its tokenizer takes.</summary>
    [Status("The text is too long", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    TextTooLong,

    /// <summary>The message is larger than allowed.</summary>
    [Status("Message exceeds the maximum size", Grpc = GrpcCode.ResourceExhausted, Http = 413)]
    MessageTooLarge,

    // Graphs.

    /// <summary>The graph was not loaded yet, or cannot be.</summary>
    [Status("Mediapipe is not loaded yet", Grpc = GrpcCode.Unavailable, Http = 503)]
    GraphNotLoadedYet,

    /// <summary>The graph is not configured any more.</summary>
    [Status("Mediapipe is retired", Grpc = GrpcCode.NotFound, Http = 404)]
    GraphRetired,

    /// <summary>An output of the graph has no packet.</summary>
    [Status("Unknown error during mediapipe execution", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    GraphOutputMissing,

    /// <summary>A model of the graph is not served.</summary>
    [Status("Mediapipe graph precondition failed", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    GraphPrecondition,

    /// <summary>The request's time is no whole number, or out of range.</summary>
    [Status("Malformed packet timestamp", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    GraphTimestamp,

    /// <summary>A request of a stream names another graph than the first one did.</summary>
    [Status("Subsequent request with incorrect servable name", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    GraphStreamName,

    /// <summary>A request of a stream names a version that the graph does not have.</summary>
    [Status("Subsequent request with incorrect servable version", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    GraphStreamVersion,

    /// <summary>The process of a Python node has ended, in this call or before it, and is started again.</summary>
    [Status("The Python node is not available", Grpc = GrpcCode.Unavailable, Http = 503)]
    PythonNodeDown,

    /// <summary>The handler of a Python node did not return within the server's limit.</summary>
    [Status("The Python node took too long", Grpc = GrpcCode.DeadlineExceeded, Http = 504)]
    PythonNodeTimeout,

    /// <summary>A generator runs in this stream already.</summary>
    [Status(
        "Node is already processing data. Create new stream for another request.", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    PythonNodeBusy,

    // Sequences of stateful models.

    /// <summary>No sequence has the id: it never started, or it has ended.</summary>
    [Status("Sequence with provided ID does not exist", Grpc = GrpcCode.NotFound, Http = 404)]
    SequenceMissing,

    /// <summary>The id of a new sequence is in use.</summary>
    [Status("Sequence with provided ID already exists", Grpc = GrpcCode.AlreadyExists, Http = 409)]
    SequenceAlreadyExists,

    /// <summary>A call that does not start a sequence has no sequence id.</summary>
    [Status("Sequence ID has not been provided in request inputs", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    SequenceIdNotProvided,

    /// <summary>The control input is not 0, 1 or 2.</summary>
    [Status("Unexpected value of sequence control input", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidSequenceControlInput,

    /// <summary>The id tensor is not UINT64.</summary>
    [Status("Could not find sequence id in expected tensor proto field uint64_val", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    SequenceIdBadType,

    /// <summary>The control tensor is not UINT32.</summary>
    [Status(
        "Could not find sequence control input in expected tensor proto field uint32_val", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    SequenceControlInputBadType,

    /// <summary>The id or control tensor lacks a required dimension.</summary>
    [Status("Special input proto does not contain tensor shape information", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    SpecialInputNoTensorShape,

    /// <summary>The sequence's last call is in progress, or the sequence lost its state in a failed call.</summary>
    [Status("Sequence last request is being processed and it's not available anymore", Grpc = GrpcCode.FailedPrecondition, Http = 412)]
    SequenceTerminated,

    /// <summary>The maximum number of sequences is reached.</summary>
    [Status("Max sequence number has been reached. Could not create new sequence.", Grpc = GrpcCode.Unavailable, Http = 503)]
    MaxSequenceNumberReached,

    // REST: checking the document.

    /// <summary>The body is not JSON; the original answers 412 here.</summary>
    [Status("The file is not valid json", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    JsonInvalid,

    /// <summary>The JSON is nested too deep.</summary>
    [Status("JSON nesting is too deep", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    JsonNestingDepthExceeded,

    /// <summary>The document is not an object.</summary>
    [Status("Request body should be JSON object", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestBodyIsNotAnObject,

    /// <summary>The document has no inputs.</summary>
    [Status("Invalid JSON structure, missing inputs", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestMissingInputs,

    /// <summary>Neither or both of instances and inputs (TensorFlow Serving).</summary>
    [Status("Invalid JSON structure. Could not detect row or column format", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestPredictUnknownOrder,

    /// <summary>Row format without a row.</summary>
    [Status("Invalid JSON structure. Missing instances in row format", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestNoInstancesFound,

    /// <summary>Some rows name their inputs and one does not.</summary>
    [Status("Invalid JSON structure. One of named instances is not a JSON object.", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestNamedInstanceNotAnObject,

    /// <summary>Rows differ in content or shape.</summary>
    [Status("Could not parse instance content. Not valid ndarray detected", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestCouldNotParseInstance,

    /// <summary>Outputs cannot be split into rows.</summary>
    [Status("Response parsing to JSON error", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestProtoToStringError,

    /// <summary>The text of b64 is not base64.</summary>
    [Status("Decode Base64 to string error", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestBase64DecodeError,

    /// <summary>An input is not an object.</summary>
    [Status("Invalid JSON structure. One of inputs is not a JSON object.", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestInputIsNotAnObject,

    /// <summary>A key of the document is missing or has the wrong type.</summary>
    [Status("Invalid JSON structure", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestInvalidStructure,

    /// <summary>An input's data are not an array of its datatype.</summary>
    [Status("Could not parse input content. Not valid ndarray detected", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestCouldNotParseInput,

    /// <summary>The requested outputs are malformed.</summary>
    [Status("Could not parse output content.", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestCouldNotParseOutput,

    /// <summary>The parameters are malformed.</summary>
    [Status("Could not parse request parameters", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestCouldNotParseParameters,

    /// <summary>The encoding cannot represent the datatype.</summary>
    [Status("Could not parse input content. Unsupported data precision detected", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestUnsupportedPrecision,

    /// <summary>An input has both data and a binary part; the original answers 500 here.</summary>
    [Status("Request contains values both in binary data and in content value", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestContentsFieldNotEmpty,

    /// <summary>Fewer binary bytes than announced.</summary>
    [Status("Received buffer size is smaller than binary_data_size parameter indicates", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestBinaryBufferTooSmall,

    /// <summary>More binary bytes than announced, or an invalid size.</summary>
    [Status("Invalid binary_data_size parameter", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestBinaryDataSizeInvalid,

    /// <summary>The header is not a number; the original answers 500 here.</summary>
    [Status("Inference-Header-Content-Length is not a valid number", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestInferenceHeaderContentLengthInvalid,

    /// <summary>The header is larger than the body; the original answers 500 here.</summary>
    [Status("Inference-Header-Content-Length exceeds the size of the body", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    RestInferenceHeaderContentLengthExceeded,

    /// <summary>The URL does not exist; the original answers 400 here.</summary>
    [Status("Invalid request URL", Grpc = GrpcCode.NotFound, Http = 404)]
    RestInvalidUrl,

    /// <summary>The URL does not support the method; the original answers 406 here.</summary>
    [Status("Unsupported method", Grpc = GrpcCode.Unimplemented, Http = 405)]
    RestUnsupportedMethod,

    /// <summary>The body has an unsupported content encoding.</summary>
    [Status("Unsupported content encoding", Grpc = GrpcCode.Unimplemented, Http = 415)]
    RestUnsupportedEncoding,

    // Generation of text.

    /// <summary>A request for text asks for something that the server or the model does not allow.</summary>
    [Status("The request for text is invalid", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    GenerationInvalid,

    /// <summary>The prompt has more tokens than the KV cache can hold.</summary>
    [Status("The prompt is too long", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    PromptTooLong,

    /// <summary>Too many sequences wait for the language model; the answer names the time after which to try again.</summary>
    [Status("Too many requests are waiting for the language model", Grpc = GrpcCode.ResourceExhausted, Http = 429)]
    GenerationQueueFull,

    /// <summary>The engine of the language model failed repeatedly and does not compute any more.</summary>
    [Status("The language model has failed", Grpc = GrpcCode.Unavailable, Http = 503)]
    LanguageModelFailed,

    // Serving.

    /// <summary>A configured model is not available.</summary>
    [Status("Server is not ready", Grpc = GrpcCode.Unavailable, Http = 503)]
    ServerNotReady,

    /// <summary>The server is stopping.</summary>
    [Status("Server is shutting down", Grpc = GrpcCode.Unavailable, Http = 503)]
    ServerShuttingDown,

    /// <summary>Too many calls are waiting for an infer request.</summary>
    [Status("Too many requests are waiting for inference", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    QueueFull,

    /// <summary>The maximum number of open calls is reached.</summary>
    [Status("Too many calls are open", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    TooManyStreams,

    /// <summary>The maximum number of open connections is reached.</summary>
    [Status("Too many connections are open", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    TooManyConnections,

    /// <summary>There is no memory for the request.</summary>
    [Status("Not enough memory for the request", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    OutOfMemory,

    /// <summary>The answer is larger than the server can send.</summary>
    [Status("Answer exceeds the maximum size", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    AnswerTooLarge,

    /// <summary>The caller's deadline passed.</summary>
    [Status("Deadline exceeded", Grpc = GrpcCode.DeadlineExceeded, Http = 504)]
    DeadlineExceeded,

    /// <summary>The caller took too long to send its message.</summary>
    [Status("The request came too slowly", Grpc = GrpcCode.DeadlineExceeded, Http = 408)]
    RequestTooSlow,

    /// <summary>The caller cancelled or disconnected.</summary>
    [Status("Request was cancelled", Grpc = GrpcCode.Cancelled, Http = 499)]
    Cancelled,

    /// <summary>Unknown setting of the trace or logging extension.</summary>
    [Status("Setting is not known", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    InvalidSetting,

    /// <summary>A parameter of text generation is out of its range.</summary>
    [Status("Invalid generation parameter", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    SamplingInvalid,

    /// <summary>The shared memory region is not registered.</summary>
    [Status("Shared memory region is not registered", Grpc = GrpcCode.NotFound, Http = 404)]
    SharedMemoryRegionMissing,

    /// <summary>The server may not use the shared memory object.</summary>
    [Status("Shared memory is not allowed", Grpc = GrpcCode.PermissionDenied, Http = 403)]
    SharedMemoryNotAllowed,

    /// <summary>A region of that name is registered already.</summary>
    [Status("Shared memory region is registered already", Grpc = GrpcCode.AlreadyExists, Http = 409)]
    SharedMemoryRegionExists,

    /// <summary>The region, or the place of a tensor in it, is invalid.</summary>
    [Status("Invalid use of shared memory", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    SharedMemoryInvalid,

    /// <summary>There are too many regions, or the system has no room for the bytes of one.</summary>
    [Status("Shared memory is exhausted", Grpc = GrpcCode.ResourceExhausted, Http = 503)]
    SharedMemoryExhausted,

    /// <summary>The caller did not read its answer in time. This is only logged; no caller receives it.</summary>
    [Status("The answer was not taken in time", Grpc = GrpcCode.ResourceExhausted, Http = 408)]
    AnswerNotTaken,

    /// <summary>The API defines the call, but this server does not implement it.</summary>
    [Status("Not implemented", Grpc = GrpcCode.Unimplemented, Http = 501)]
    NotImplemented,

    /// <summary>The chat template of a model cannot be parsed.</summary>
    [Status("Chat template is invalid", Grpc = GrpcCode.Internal, Http = 500)]
    TemplateInvalid,

    /// <summary>The chat template rejected the messages with a text of its own.</summary>
    [Status("The chat template rejected the messages", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    TemplateRefused,

    /// <summary>The chat template failed with these messages.</summary>
    [Status("The chat template cannot be applied to the messages", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    TemplateFailed,

    /// <summary>Applying the chat template took more steps, text or depth than one request may.</summary>
    [Status("Applying the chat template exceeds a limit", Grpc = GrpcCode.InvalidArgument, Http = 400)]
    TemplateTooLarge,

    /// <summary>A device other than the CPU failed; another server, or a later call, may succeed.</summary>
    [Status("The device of the model failed", Grpc = GrpcCode.Unavailable, Http = 503)]
    DeviceFailed,

    /// <summary>OpenVINO failed during the inference.</summary>
    [Status("Internal inference error", Grpc = GrpcCode.Internal, Http = 500)]
    InternalInferenceError,

    /// <summary>The server failed outside OpenVINO.</summary>
    [Status("Internal server error", Grpc = GrpcCode.Internal, Http = 500)]
    InternalError,

    /// <summary>The cause is not known.</summary>
    [Status("Unknown error")]
    UnknownError,
}
