using Ovms.Configuration;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>
/// A configuration whose section "monitoring" is checked at each read. It takes effect only at the start; but a file that the next start
/// would refuse is refused by a reload, too.
/// </summary>
/// <param name="source">The configuration.</param>
/// <param name="server">The command line.</param>
internal sealed class MeteredSource(ConfigSource source, ServerOptions server) : ConfigSource
{
    /// <inheritdoc/>
    public override Outcome<ServerConfig> Read()
    {
        Outcome<ServerConfig> read = source.Read();
        Outcome<MetricSelection> families = read.IsOk ? Metering.Select(server, read.Value.Monitoring) : MetricSelection.None;
        return families.IsOk ? read : Outcome.Fail(StatusCode.ConfigInvalid, families.Text);
    }
}
