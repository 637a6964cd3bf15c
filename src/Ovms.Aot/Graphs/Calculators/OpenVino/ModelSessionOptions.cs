using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>The model that nodes infer with. Source: the original's OpenVINOModelServerSessionCalculatorOptions.</summary>
[GraphMessage("mediapipe.OpenVINOModelServerSessionCalculatorOptions")]
internal sealed partial record ModelSessionOptions
{
    /// <summary>The model's name, as it is served.</summary>
    [GraphField(1, Required = true)]
    public string ServableName { get; init; } = "";

    /// <summary>Its version; empty or no number for the default one.</summary>
    [GraphField(2)]
    public string ServableVersion { get; init; } = "";

    /// <summary>Accepted without effect: for use outside of a server.</summary>
    [GraphField(3)]
    public string ServiceUrl { get; init; } = "";

    /// <inheritdoc cref="ServiceUrl"/>
    [GraphField(4)]
    public string ServerConfig { get; init; } = "";
}
