using Ovms.Graphs.Calculators.Flow;
using Ovms.Graphs.Calculators.Vision;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Graphs.Definitions;

/// <summary>Says what a calculator is that no graph here may name.</summary>
internal static class CalculatorNames
{
    // What the original runs and this server does not, by the end or beginning of the name.
    private static readonly (string Part, string Why)[] s_elsewhere =
    [
        ("HttpLLMCalculator",
            "it is served as a graph of this one node; give it HTTP_REQUEST_PAYLOAD and HTTP_RESPONSE_PAYLOAD streams alone"),
        ("EmbeddingsCalculator", "embeddings are not served from graphs; serve the model itself"),
        ("RerankCalculator", "reranking is not served from graphs; serve the model itself"),
        ("S2tCalculator", "speech is not served"),
        ("T2sCalculator", "speech is not served"),
        ("ImageGenCalculator", "image generation is not served"),
    ];

    /// <summary>Why a graph with a calculator of this name is not served.</summary>
    /// <param name="name">The name as written.</param>
    /// <param name="known">The names that graphs may have.</param>
    public static string WhyNotServed(string name, IEnumerable<string> known)
    {
        foreach ((string part, string why) in s_elsewhere)
        {
            if (name.Contains(part, StringComparison.Ordinal))
            {
                return why;
            }
        }

        if (FlowCalculators.WhyNotServed(name) is { } tensorsOnly)
        {
            return tensorsOnly;
        }

        return NearestName.Of(name, known) is { } nearest ? $"it does not exist here; did you mean {nearest}?"
            : VisionCalculators.WhyNotServed(name) is { } visionOnly ? visionOnly
            : $"it does not exist here; expected one of {string.Join(", ", known.Order(StringComparer.Ordinal))}";
    }

    /// <summary>The sentence about it.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="name">The calculator.</param>
    /// <param name="known">The names that graphs may have.</param>
    public static string NotSupported(string node, string name, IEnumerable<string> known) =>
        $"calculator \"{Shown.Bounded(name)}\" in node \"{Shown.Bounded(node)}\" is not supported: {WhyNotServed(name, known)}";
}
