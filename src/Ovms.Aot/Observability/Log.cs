namespace Ovms.Observability;

/// <summary>Every line that the server itself logs: one method per event, so that wording, level and number are in one place.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "OpenVINO Model Server {Version}")]
    public static partial void Starting(ILogger log, string version);

    [LoggerMessage(2, LogLevel.Information, "OpenVINO backend {Build} from {Directory}")]
    public static partial void Backend(ILogger log, string build, string directory);

    [LoggerMessage(3, LogLevel.Information, "Devices seen: {Devices}")]
    public static partial void Devices(ILogger log, string devices);

    [LoggerMessage(81, LogLevel.Information, "Device {Device}")]
    public static partial void DeviceDescribed(ILogger log, string device);

    [LoggerMessage(4, LogLevel.Information, "Started gRPC server on {Endpoints}")]
    public static partial void GrpcListening(ILogger log, string endpoints);

    [LoggerMessage(5, LogLevel.Information, "Started REST server on {Endpoints}")]
    public static partial void RestListening(ILogger log, string endpoints);

    [LoggerMessage(6, LogLevel.Information, "{Note}")]
    public static partial void Note(ILogger log, string note);

    [LoggerMessage(7, LogLevel.Warning, "{Warning}")]
    public static partial void Warning(ILogger log, string warning);

    [LoggerMessage(8, LogLevel.Error, "{Failure}")]
    public static partial void Failure(ILogger log, string failure);

    [LoggerMessage(
        10,
        LogLevel.Information,
        "STATUS CHANGE: Version {Version} of model {Model} status change. "
        + "New status: ( \"state\": \"{State}\", \"error_code\": \"{ErrorCode}\" )")]
    public static partial void StateChanged(ILogger log, string model, long version, string state, string errorCode);

    [LoggerMessage(
        120,
        LogLevel.Information,
        "Loaded language model {Model}; version: {Version}; device: {Device}; lane: {Lane}; KV cache: {Cache}; longest: {Longest} tokens; "
        + "template: {Template}; in {Seconds:F3} s")]
    public static partial void LanguageModelLoaded(
        ILogger log, string model, long version, string device, string lane, string cache, int longest, string template, double seconds);

    [LoggerMessage(
        11,
        LogLevel.Information,
        "Loaded model {Model}; version: {Version}; device requested: {Requested}; devices executing: {Executing}; streams: {Streams}; "
        + "threads: {Threads}; hint: {Hint}; precision: {Precision}; No of InferRequests: {Requests}; "
        + "read in {ReadSeconds:F3} s; compiled in {CompileSeconds:F3} s; warm-up: {WarmUp}; cache: {Cache}")]
    public static partial void ModelLoaded(
        ILogger log,
        string model,
        long version,
        string requested,
        string executing,
        string streams,
        string threads,
        string hint,
        string precision,
        int requests,
        double readSeconds,
        double compileSeconds,
        string warmUp,
        string cache);

    [LoggerMessage(80, LogLevel.Debug, "Model {Model}; version: {Version} does not compute with zeros of its least shapes: {Reason}")]
    public static partial void NoZeros(ILogger log, string model, long version, string reason);

    [LoggerMessage(
        33,
        LogLevel.Information,
        "Model {Model}; version: {Version}; files of {Address} are in {Folder}; fetched in {Seconds:F3} s")]
    public static partial void ModelFetched(ILogger log, string model, long version, string address, string folder, double seconds);

    [LoggerMessage(12, LogLevel.Information, "Model {Model}; version: {Version}; inputs: {Inputs}; outputs: {Outputs}")]
    public static partial void ModelSignature(ILogger log, string model, long version, string inputs, string outputs);

    [LoggerMessage(13, LogLevel.Error, "Model {Model}; version: {Version} cannot be served: {Reason}")]
    public static partial void ModelFailed(ILogger log, string model, long version, string reason);

    [LoggerMessage(14, LogLevel.Error, "Model {Model} cannot be served: {Reason}")]
    public static partial void ModelAbsent(ILogger log, string model, string reason);

    [LoggerMessage(34, LogLevel.Error, "Model {Model} goes on with what is loaded and is not refreshed: {Reason}")]
    public static partial void ModelNotRefreshed(ILogger log, string model, string reason);

    [LoggerMessage(15, LogLevel.Warning, "Model {Model} has no versions to serve yet: {Reason}")]
    public static partial void ModelEmpty(ILogger log, string model, string reason);

    [LoggerMessage(38, LogLevel.Information, "Model {Model} still has no versions to serve: {Reason}")]
    public static partial void ModelStillEmpty(ILogger log, string model, string reason);

    [LoggerMessage(
        16,
        LogLevel.Error,
        "Model {Model}; version: {Version} goes on with what it has, the new files or settings cannot be served: {Reason}")]
    public static partial void ModelKept(ILogger log, string model, long version, string reason);

    [LoggerMessage(
        17,
        LogLevel.Information,
        "Model {Model}; version: {Version} is not complete yet, or cannot be served; it is tried again soon: {Reason}")]
    public static partial void ModelIncomplete(ILogger log, string model, long version, string reason);

    [LoggerMessage(18, LogLevel.Debug, "Model {Model}; version: {Version} cannot be served, attempt {Attempt}: {Reason}")]
    public static partial void ModelFailedAgain(ILogger log, string model, long version, int attempt, string reason);

    [LoggerMessage(
        19,
        LogLevel.Information,
        "Model {Model}; version: {Version} was replaced by one made from the new files or settings")]
    public static partial void ModelReplaced(ILogger log, string model, long version);

    [LoggerMessage(26, LogLevel.Information, "Model {Model} is no longer configured")]
    public static partial void ModelRemoved(ILogger log, string model);

    [LoggerMessage(27, LogLevel.Error, "The configuration is invalid; the last valid one stays in use: {Reason}")]
    public static partial void ConfigRefused(ILogger log, string reason);

    [LoggerMessage(28, LogLevel.Error, "Model {Model}; version: {Version} failed unexpectedly")]
    public static partial void LoadSurprised(ILogger log, string model, long version, Exception surprise);

    [LoggerMessage(
        39,
        LogLevel.Error,
        "The check of configuration and models failed unexpectedly; the served models stay loaded, and the next check follows")]
    public static partial void LookSurprised(ILogger log, Exception surprise);

    [LoggerMessage(62, LogLevel.Error, "A step of reloading failed unexpectedly; reloading goes on")]
    public static partial void StepSurprised(ILogger log, Exception surprise);

    [LoggerMessage(63, LogLevel.Error, "Copies of models from object stores could not be deleted; the next check tries again")]
    public static partial void TrimSurprised(ILogger log, Exception surprise);

    [LoggerMessage(64, LogLevel.Error, "Model {Model}; version: {Version} could not be freed")]
    public static partial void FreeingSurprised(ILogger log, string model, long version, Exception surprise);

    [LoggerMessage(65, LogLevel.Error, "The check for idle sequences failed unexpectedly; the next one follows")]
    public static partial void SweepSurprised(ILogger log, Exception surprise);

    // The missing models have their own warnings or errors.
    [LoggerMessage(29, LogLevel.Information, "Started after {Milliseconds} ms, not ready: {Missing}")]
    public static partial void NotReady(ILogger log, long milliseconds, string missing);

    [LoggerMessage(36, LogLevel.Information, "Model {Model}; version: {Version}; idle sequences removed: {Removed}; left: {Left}")]
    public static partial void IdleSequencesRemoved(ILogger log, string model, long version, int removed, int left);

    [LoggerMessage(31, LogLevel.Information, "Model {Model}; version: {Version}; may use {Decision}")]
    public static partial void CpuPlan(ILogger log, string model, long version, string decision);

    [LoggerMessage(
        37,
        LogLevel.Information,
        "Model {Model}; version: {Version}; compiled for other shapes: {Shapes}; No of InferRequests: {Requests}; "
        + "took {Milliseconds:F0} ms")]
    public static partial void VariantCompiled(ILogger log, string model, long version, string shapes, int requests, double milliseconds);

    [LoggerMessage(
        35,
        LogLevel.Information,
        "Model {Model}; version: {Version}; no longer kept for shapes: {Shapes}; others were used since")]
    public static partial void VariantDropped(ILogger log, string model, long version, string shapes);

    [LoggerMessage(20, LogLevel.Information, "Stopping: new calls are rejected; those in flight have {Seconds} s to finish")]
    public static partial void Stopping(ILogger log, int seconds);

    [LoggerMessage(90, LogLevel.Information, "Waiting at most {Seconds:F0} s for calls in flight: {Calls}")]
    public static partial void StopWaits(ILogger log, string calls, double seconds);

    [LoggerMessage(21, LogLevel.Warning, "Calls still in flight after {Seconds:F0} s were cut off: {Calls}")]
    public static partial void CutOff(ILogger log, double seconds, string calls);

    [LoggerMessage(91, LogLevel.Warning, "Answers that callers had not read after {Seconds} s were cut off")]
    public static partial void AnswersCutOff(ILogger log, int seconds);

    [LoggerMessage(24, LogLevel.Warning, "Models that were still loading were left unfinished; a stop does not wait for them")]
    public static partial void LoadCutOff(ILogger log);

    [LoggerMessage(
        50,
        LogLevel.Warning,
        "Model {Model}; version: {Version} has not loaded within {Seconds:F0} s; its thread is left behind ({Count} now, at most 8), "
        + "and its late result will be discarded")]
    public static partial void LoadLeftBehind(ILogger log, string model, long version, double seconds, int count);

    [LoggerMessage(
        51,
        LogLevel.Warning,
        "Model {Model}; version: {Version} has been loading for {Seconds:F0} s and is no longer wanted; "
        + "its thread is left behind ({Count} now, at most 8)")]
    public static partial void LoadAbandoned(ILogger log, string model, long version, double seconds, int count);

    [LoggerMessage(
        52,
        LogLevel.Information,
        "Model {Model}; version: {Version}: the load that was left behind has ended after {Seconds:F0} s, and its result is discarded; "
        + "still left behind: {Count}")]
    public static partial void LeftBehindEnded(ILogger log, string model, long version, double seconds, int count);

    [LoggerMessage(
        53,
        LogLevel.Warning,
        "Model {Model}; version: {Version} has been loading for {Seconds:F0} s and is still loading; other models are loaded meanwhile. "
        + "--load_timeout_seconds would end such a load")]
    public static partial void LoadSlow(ILogger log, string model, long version, double seconds);

    [LoggerMessage(
        82,
        LogLevel.Warning,
        "The section \"monitoring\" of the configuration file has changed. It is read at the start only: restart the server to use it")]
    public static partial void MonitoringChanged(ILogger log);

    [LoggerMessage(101, LogLevel.Error, "{Why}. {Advice}. Calls lost so far: {Lost} of at most {Most}")]
    public static partial void DeviceCallLost(ILogger log, string why, int lost, int most, string advice);

    [LoggerMessage(22, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(23, LogLevel.Information, "Ready after {Milliseconds} ms")]
    public static partial void Ready(ILogger log, long milliseconds);

    [LoggerMessage(25, LogLevel.Warning, "A connection was rejected, or accepted for health requests only: {Reason}")]
    public static partial void ConnectionRefused(ILogger log, string reason);

    [LoggerMessage(32, LogLevel.Debug, "Objects of the engine: {Objects}")]
    public static partial void NativeObjects(ILogger log, string objects);

    [LoggerMessage(30, LogLevel.Debug, "OpenVINO: {Line}")]
    public static partial void Engine(ILogger log, string line);
}
