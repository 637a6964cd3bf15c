using System.Collections.Immutable;
using System.Globalization;
using Ovms.Status;

namespace Ovms.Frontends.Extensions;

/// <summary>The settings of the logging extension: they tell what the command line set; a change is refused.</summary>
/// <param name="File">--log_path; empty for the standard output alone.</param>
/// <param name="Level">--log_level.</param>
internal sealed record LogSettingsView(string File, LogLevel Level)
{
    /// <summary>What the options are where nothing is given.</summary>
    public static LogSettingsView Default { get; } = new("", LogLevel.Information);

    /// <summary>All settings with their values: a text, a bool or a number.</summary>
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

    /// <summary>Ok for what changes nothing.</summary>
    /// <param name="name">Of the setting.</param>
    /// <param name="value">A text, a bool, a number; null for none.</param>
    public Outcome Change(string name, object? value)
    {
        KeyValuePair<string, object> setting = All.FirstOrDefault(setting => setting.Key == name);
        return setting.Key is null ? NotServed.UnknownSetting("Log", name, All.Select(static known => known.Key))
            : setting.Value.Equals(value) ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.NotImplemented,
                $"{name} stays {Written(setting.Value)} while the server runs; the options --log_level, --log_path and --log_format set the log at the start");
    }

    private static string Written(object value) =>
        value is string text ? $"\"{text}\"" : Convert.ToString(value, CultureInfo.InvariantCulture)!.ToLowerInvariant();
}
