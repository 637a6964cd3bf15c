using System.Collections.Immutable;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Extensions;

/// <summary>The settings of the trace extension: constants, since the server traces nothing. They cannot be changed.</summary>
internal static class TraceSettings
{
    private const string Level = "trace_level";

    /// <summary>All settings with their values; only the level may have several values.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> All { get; } =
    [
        new("trace_file", ""),
        new(Level, "OFF"),
        new("trace_rate", "1000"),
        new("trace_count", "-1"),
        new("log_frequency", "0"),
        new("trace_mode", "triton"),
    ];

    /// <summary>Whether a setting's value is a list in JSON.</summary>
    public static bool IsList(string name) => name == Level;

    /// <summary>Whether a caller may read settings: those of all models, or of a known model.</summary>
    public static Outcome Check(ServableRegistry registry, string model) =>
        model.Length == 0 ? Outcome.Ok : registry.Current.VersionsOf(model, "").WithoutValue;

    /// <summary>Ok if the value is already set, or for no value, which asks for the default; else why it cannot be changed.</summary>
    public static Outcome Change(string name, IReadOnlyList<string> values)
    {
        KeyValuePair<string, string> setting = All.FirstOrDefault(setting => setting.Key == name);
        return setting.Key is null ? NotServed.UnknownSetting("Trace", name, All.Select(static known => known.Key))
            : values.Count == 0 || (values.Count == 1 && values[0] == setting.Value) ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.NotImplemented,
                $"The server traces nothing: {name} stays \"{setting.Value}\" "
                + $"and cannot be set to {Shown.Bounded(string.Join(", ", values))}");
    }
}
