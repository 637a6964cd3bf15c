using System.Text;

namespace Ovms.Observability.Metrics;

/// <summary>The labels of one series, formatted once for Prometheus and for .NET's instruments.</summary>
internal sealed class MetricLabels
{
    /// <summary>Formats labels, given in any order.</summary>
    public MetricLabels(params KeyValuePair<string, string>[] labels)
    {
        KeyValuePair<string, string>[] sorted = [.. labels.OrderBy(static label => label.Key, StringComparer.Ordinal)];
        Tags = [.. sorted.Select(static label => new KeyValuePair<string, object?>(label.Key, label.Value))];
        Text = Encoding.UTF8.GetBytes(string.Join(',', sorted.Select(static label => $"{label.Key}=\"{Escape(label.Value)}\"")));
    }

    /// <summary>A series without labels.</summary>
    public static MetricLabels None { get; } = new();

    /// <summary>For .NET's instruments.</summary>
    public KeyValuePair<string, object?>[] Tags { get; }

    /// <summary>Alphabetical, without braces: <c>name="m",version="1"</c>.</summary>
    public byte[] Text { get; }

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
