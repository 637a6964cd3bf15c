using Ovms.Options;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>Where the configuration comes from; may be read again at any time.</summary>
internal abstract class ConfigSource
{
    /// <summary>Reads the configuration as it is now.</summary>
    /// <returns>The configuration, or every fault found, one a line.</returns>
    public abstract Outcome<ServerConfig> Read();

    /// <summary>One model, as the command line gave it; never changes.</summary>
    public static ConfigSource Of(ModelOptions model) => new SingleModel(model);

    private sealed class SingleModel(ModelOptions model) : ConfigSource
    {
        public override Outcome<ServerConfig> Read() => new ServerConfig { Models = [model], Fingerprint = "" };
    }
}
