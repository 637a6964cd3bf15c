using System.Collections.Immutable;
using System.Globalization;
using Ovms.Status;

namespace Ovms.Frontends.Extensions;

/// <summary>The settings of the logging extension, which report what the command line set. They cannot be changed.</summary>
/// <param name="File">--log_path; empty for standard output only.</param>
/// <param name="Level">--log_level.</param>
internal sealed record LogSettingsView(string File, LogLevel Level)
{
    /// <summary>The defaults of both options.</summary>
    public static LogSettingsView Default { get; } = new("", LogLevel.Information);

    /// <summary>All settings with their values: a string, a bool or a number.</summary>
    public ImmutableArray<KeyValuePair<string, object>> All =>
    [
        new("log_file", File),
        new("log_info", Level <= LogLevel.Information),
        new("log_warning", Level <= LogLevel.Warning),
        new("log_error", Level <= LogLevel.Error),
        new("log_verbose_level", Verbosity),
        new("log_format", "default"),
    ];

    private uint Verbosity => Level switch
    {
        LogLevel.Trace => 2,
        LogLevel.Debug => 1,
        _ => 0,
    };

    /// <summary>Ok if the value is already set; else why it cannot be changed.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="value">A string, a bool or a number; null for none.</param>
    public Outcome Change(string name, object? value)
    {
        KeyValuePair<string, object> setting = All.FirstOrDefault(setting => setting.Key == name);
        return setting.Key is null ? NotServed.UnknownSetting("Log", name, All.Select(static known => known.Key))
            : setting.Value.Equals(value) ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.NotImplemented,
                $"{name} stays {Written(setting.Value)} while the server runs; "
                + "the options --log_level, --log_path and --log_format set the log at the start");
    }

    private static string Written(object value) =>
        value is string text ? $"\"{text}\"" : Convert.ToString(value, CultureInfo.InvariantCulture)!.ToLowerInvariant();
}
