using System.Globalization;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>Reads what a compiled model reports about itself, and compares it with what was asked for.</summary>
internal static class CompiledFacts
{
    private const string Streams = "NUM_STREAMS";
    private const string Precision = "INFERENCE_PRECISION_HINT";

    /// <summary>Reads the facts.</summary>
    /// <param name="compiled">The compiled model.</param>
    /// <param name="target">The devices that it was compiled for.</param>
    /// <param name="properties">The properties that it was compiled with.</param>
    /// <param name="planned">Warnings about the choice of devices; they come first.</param>
    /// <param name="cpu">How it was fitted to the CPUs; null if it was not.</param>
    /// <param name="nireq">The requested number of infer requests; 0 for the optimum.</param>
    /// <param name="mostStreams">The largest number of streams that a device reports to be useful; null if it reports none.</param>
    /// <param name="precision">The precision that a device chooses by itself; null if it reports none.</param>
    public static CompiledOnDevice Read(
        CompiledModel compiled,
        TargetDevice target,
        CompileProperties properties,
        IEnumerable<string> planned,
        CpuPlan? cpu,
        int nireq,
        Func<string, int?> mostStreams,
        Func<string, string?>? precision = null)
    {
        string executing = ExecutionFacts.Read(compiled, "EXECUTION_DEVICES") ?? "";
        string? hint = ExecutionFacts.ReadHint(compiled, target.Mode);
        string? optimalText = ExecutionFacts.Read(compiled, "OPTIMAL_NUMBER_OF_INFER_REQUESTS");
        int optimal = int.TryParse(optimalText, NumberStyles.None, CultureInfo.InvariantCulture, out int reported) ? reported : 0;
        string? asked = properties.Find(Streams);
        string? streams = ReadStreams(compiled, asked, mostStreams);
        List<string> warnings =
        [
            .. planned,
            .. Given(ExecutionFacts.Difference(target, hint, executing)),
            .. properties.Warnings,
            .. Given(StreamsDiffer(asked, streams, target)),
            .. StreamsExceed(asked, properties.Find(CompileProperties.SectionsKey), target, mostStreams),
            .. Given(ImplicitBatch.Warning(compiled, target, properties, hint, executing)),
        ];
        int requests = RequestCount.Decide(target, nireq, optimal, warnings);
        return new CompiledOnDevice(
            compiled,
            target.ToString(),
            ExecutionFacts.Listed(executing) ?? target.ToString(),
            requests,
            streams,
            ReadThreads(compiled),
            hint,
            ReadPrecision(compiled, properties, precision ?? (static _ => null)),
            cpu?.Decision,
            warnings)
        {
            ReadAgain = facts => facts with
            {
                Streams = ReadStreams(compiled, asked, mostStreams),
                Threads = ReadThreads(compiled),
                Hint = ExecutionFacts.ReadHint(compiled, target.Mode),
                InferencePrecision = ReadPrecision(compiled, properties, precision ?? (static _ => null)),
            },
        };
    }

    /// <summary>A warning if the device has another number of streams than was asked for; else null. Pure.</summary>
    internal static string? StreamsDiffer(string? asked, string? streams, TargetDevice target) =>
        int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && int.TryParse(streams, NumberStyles.None, CultureInfo.InvariantCulture, out int has)
            && number != has
            ? $"plugin_config: NUM_STREAMS={number} was requested, and {target} has {has}"
            : null;

    /// <summary>A warning for each device of which more streams were asked for than it reports to be useful. Pure.</summary>
    /// <param name="asked">The number for all devices; null if none is given.</param>
    /// <param name="sections">The properties of single devices, in OpenVINO's form; null if there are none.</param>
    /// <param name="target">The devices.</param>
    /// <param name="mostStreams">The largest number of streams that a device reports to be useful; null if it reports none.</param>
    internal static IEnumerable<string> StreamsExceed(
        string? asked, string? sections, TargetDevice target, Func<string, int?> mostStreams)
    {
        List<(DeviceName Device, string Value)> own = [];
        foreach ((string name, string section) in NestedProperties.Members(sections ?? ""))
        {
            string? value = NestedProperties.Members(section).FirstOrDefault(static property => property.Key == Streams).Value;
            if (value is not null && DeviceName.TryParse(name, out DeviceName device))
            {
                own.Add((device, value));
            }
        }

        IEnumerable<(DeviceName Device, string Value)> general = asked is null
            ? []
            : target.Devices.Select(static device => device.WithoutCount)
                .Where(device => !own.Any(item => item.Device.Covers(device)))
                .Select(device => (device, asked));
        string[] subjects =
            [.. own.Select(static item => $"DEVICE_PROPERTIES.{item.Device}.{Streams}"), .. general.Select(static _ => Streams)];
        return own.Concat(general).Zip(subjects).Where(static item => item.First.Device.Type != "CPU")
            .Where(item => int.TryParse(item.First.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && mostStreams($"{item.First.Device}") < number)
            .Select(item => $"plugin_config: {item.Second}={item.First.Value} was requested, and {item.First.Device} reports that "
                + $"{mostStreams($"{item.First.Device}")} are useful at most; each one takes memory of the device");
    }

    private static string? ReadThreads(CompiledModel compiled) => ExecutionFacts.Read(compiled, "INFERENCE_NUM_THREADS");

    // A model that gathers calls hides its device's streams from AUTO and MULTI. It has the hint THROUGHPUT then, with which the GPU plugin
    // takes as many streams as are useful.
    private static string? ReadStreams(CompiledModel compiled, string? asked, Func<string, int?> mostStreams)
    {
        if (compiled.TryGetProperty(Streams, out string? own))
        {
            return own.Length > 0 ? own : null;
        }

        return compiled.TryGetProperty(CompileProperties.SectionsKey, out string? sections)
            ? ExecutionFacts.ReadSections(sections, Streams, StreamsBehindBatch)
            : null;

        string? StreamsBehindBatch(string device, IReadOnlyList<KeyValuePair<string, string>> others) =>
            others.Any(static property => property.Key == ImplicitBatch.Timeout)
                ? asked ?? mostStreams(device)?.ToString(CultureInfo.InvariantCulture)
                : null;
    }

    // A model that gathers calls hides its device's precision, too.
    private static string? ReadPrecision(CompiledModel compiled, CompileProperties properties, Func<string, string?> precision)
    {
        return compiled.TryGetProperty(Precision, out string? own) ? (own.Length > 0 ? own : null)
            : compiled.TryGetProperty(CompileProperties.SectionsKey, out string? sections)
                ? ExecutionFacts.ReadSections(sections, Precision, PrecisionBehindBatch)
            : null;

        string? PrecisionBehindBatch(string device, IReadOnlyList<KeyValuePair<string, string>> others) =>
            others.Any(static property => property.Key == ImplicitBatch.Timeout)
                ? PrecisionOf(device, properties.Find, precision)
                : null;
    }

    /// <summary>The precision that a device takes for a model: the given one, else its own choice. Pure.</summary>
    /// <param name="device">The device: <c>GPU.0</c>.</param>
    /// <param name="given">The properties that the model was compiled with.</param>
    /// <param name="own">The precision that a device chooses by itself; null if it reports none.</param>
    /// <returns>Null if it is not known: another property or a section of the device's own may decide it.</returns>
    internal static string? PrecisionOf(string device, Func<string, string?> given, Func<string, string?> own) =>
        given(CompileProperties.SectionsKey)?.Contains(Precision, StringComparison.Ordinal) == true
            || given("EXECUTION_MODE_HINT") is not null
            ? null
            : given(Precision) ?? own(device);

    private static IEnumerable<string> Given(string? warning) => warning is null ? [] : [warning];
}
