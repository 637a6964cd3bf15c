namespace Ovms.Observability;

/// <summary>What happens to devices, and to models because of them.</summary>
internal static partial class Log
{
    [LoggerMessage(
        70,
        LogLevel.Warning,
        "Model {Model}; version: {Version}; inferences that failed on {Device}: {Count}; in a row: {InARow}; the last: {Text}. "
        + "There is one such line a minute at most")]
    public static partial void DeviceErrors(
        ILogger log, string model, long version, string device, int count, int inARow, string text);

    [LoggerMessage(
        71,
        LogLevel.Error,
        "Model {Model}; version: {Version} is not ready: {Device} failed {Errors} inferences in a row: {Text}. "
        + "Its calls are rejected until a probe succeeds; there is one at least every minute")]
    public static partial void DeviceUnwell(ILogger log, string model, long version, string device, int errors, string text);

    [LoggerMessage(
        72,
        LogLevel.Information,
        "Model {Model}; version: {Version} is ready again: {Device} computes. It was not ready for {Seconds:F0} s; "
            + "calls rejected: {Rejected}")]
    public static partial void DeviceWell(ILogger log, string model, long version, string device, double seconds, long rejected);

    [LoggerMessage(
        73,
        LogLevel.Error,
        "Model {Model} was unloaded but is not freed, because of {Device}: {Why}. Left behind on this device: {Count}; "
        + "from {Most} on, no model is loaded on it; models that are unloaded are left behind all the same")]
    public static partial void ModelLeftBehind(ILogger log, string model, string device, string why, int count, int most);

    [LoggerMessage(74, LogLevel.Information, "{Device} computes again; models left behind on it that were freed: {Count}")]
    public static partial void ModelsLeftBehindFreed(ILogger log, string device, int count);

    [LoggerMessage(
        75,
        LogLevel.Warning,
        "Model {Model}; version: {Version}; inferences on {Device} without an answer for {Seconds:F0} s: {Count}. They are not ended")]
    public static partial void InferenceLate(ILogger log, string model, long version, string device, double seconds, int count);

    [LoggerMessage(
        76,
        LogLevel.Warning,
        "Model {Model}; version: {Version}: {Probes} probes failed on {Device}. A second copy of it is compiled, after pauses that grow, "
        + "until that copy or a probe computes: a driver may give up for good what was compiled")]
    public static partial void ModelLost(ILogger log, string model, long version, int probes, string device);

    [LoggerMessage(
        77,
        LogLevel.Warning,
        "Model {Model}; version: {Version}: a second copy, compiled to replace it, does not compute either, attempt {Attempt}: {Reason}. "
        + "Tried again in {Seconds:F0} s; if that lasts, restart the server")]
    public static partial void NotReplaced(ILogger log, string model, long version, int attempt, string reason, double seconds);

    [LoggerMessage(78, LogLevel.Error, "The search for devices that came after the start failed unexpectedly")]
    public static partial void DeviceSearchSurprised(ILogger log, Exception surprise);

    [LoggerMessage(
        79,
        LogLevel.Information,
        "Model {Model}; version: {Version}: compiled for other shapes it ran on {Now} only; "
        + "the next call of these shapes compiles it again")]
    public static partial void FallenVariantDropped(ILogger log, string model, long version, string now);

    [LoggerMessage(
        92,
        LogLevel.Information,
        "Model {Model}; version: {Version}; devices executing: {Now}; before: {Before}{Streams}; No of InferRequests: {Requests}")]
    public static partial void DevicesChanged(
        ILogger log, string model, long version, string now, string before, string streams, int requests);

    [LoggerMessage(
        93,
        LogLevel.Warning,
        "Model {Model}; version: {Version} runs on {Now} only; device requested: {Requested}; before: {Before}. "
        + "It goes on serving while a second copy is loaded, after pauses that grow, until that copy computes on the better device")]
    public static partial void DeviceFell(ILogger log, string model, long version, string now, string requested, string before);

    [LoggerMessage(94, LogLevel.Information, "Model {Model}; version: {Version} was loaded again and runs on {Now}; before: {Before}")]
    public static partial void DeviceRegained(ILogger log, string model, long version, string before, string now);

    [LoggerMessage(
        95,
        LogLevel.Information,
        "Model {Model}; version: {Version} does not run on a better device yet, attempt {Attempt}: {Reason}. "
        + "Tried again in {Seconds:F0} s")]
    public static partial void DeviceNotRegained(
        ILogger log, string model, long version, int attempt, string reason, double seconds);

    [LoggerMessage(96, LogLevel.Error, "Model {Model}; version: {Version}: looking at its devices failed unexpectedly")]
    public static partial void DeviceLookSurprised(ILogger log, string model, long version, Exception surprise);

    [LoggerMessage(
        97,
        LogLevel.Information,
        "Model {Model}; version: {Version}; first inference with zeros on {Devices}: {Outcome}; it took {Seconds:F3} s")]
    public static partial void WarmedAgain(ILogger log, string model, long version, string devices, double seconds, string outcome);

    [LoggerMessage(
        98,
        LogLevel.Debug,
        "Model {Model}; version: {Version} was compiled a second time, to try a device; device requested: {Requested}; "
        + "devices executing: {Executing}; compiled in {Seconds:F3} s; warm-up: {WarmUp}")]
    public static partial void TrialCompiled(
        ILogger log, string model, long version, string requested, string executing, double seconds, string warmUp);

    [LoggerMessage(
        99,
        LogLevel.Information,
        "Devices came after the start. Model {Model}; version: {Version} goes on serving while a second copy is loaded, "
        + "because {Requested} may choose them")]
    public static partial void DevicesCame(ILogger log, string model, long version, string requested);

    [LoggerMessage(
        100,
        LogLevel.Information,
        "Model {Model}; version: {Version}, compiled for other shapes; devices executing: {Now}; before: {Before}{Streams}; "
        + "No of InferRequests: {Requests}")]
    public static partial void VariantDevicesChanged(
        ILogger log, string model, long version, string now, string before, string streams, int requests);
}
