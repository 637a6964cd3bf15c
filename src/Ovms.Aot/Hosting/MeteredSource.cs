using Ovms.Configuration;
using Ovms.Observability;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>
/// A configuration whose section "monitoring" is checked at each read. It takes effect only at the start; but a file that the next start
/// would refuse is refused by a reload, too, and one that changes it is told in the log.
/// </summary>
/// <param name="source">The configuration.</param>
/// <param name="server">The command line.</param>
/// <param name="running">The section that the process was started with; null if absent.</param>
/// <param name="log">The log.</param>
internal sealed class MeteredSource(ConfigSource source, ServerOptions server, Monitoring? running, ILogger log) : ConfigSource
{
    private string _told = Describe(running);

    /// <inheritdoc/>
    public override Outcome<ServerConfig> Read()
    {
        Outcome<ServerConfig> read = source.Read();
        Outcome<MetricSelection> families = read.IsOk ? Metering.Select(server, read.Value.Monitoring) : MetricSelection.None;
        if (!families.IsOk)
        {
            return Outcome.Fail(StatusCode.ConfigInvalid, families.Text);
        }

        if (read.IsOk)
        {
            TellChange(read.Value.Monitoring);
        }

        return read;
    }

    private static string Describe(Monitoring? section) =>
        section is null ? "no section" : section.IsEnabled ? $"metrics {string.Join(", ", section.Families)}" : "metrics off";

    // Each change once, and none if it was taken back.
    private void TellChange(Monitoring? section)
    {
        string now = Describe(section);
        if (Interlocked.Exchange(ref _told, now) != now && now != Describe(running))
        {
            Log.MonitoringChanged(log);
        }
    }
}
