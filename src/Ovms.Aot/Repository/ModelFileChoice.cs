using System.Collections.Immutable;

namespace Ovms.Repository;

/// <summary>Which of a folder's files is the model: a pure decision over names.</summary>
/// <param name="Format">Its format.</param>
/// <param name="FileName">Its main file.</param>
/// <param name="PassedOver">Main files of the same format that were not chosen.</param>
internal sealed record ModelFileChoice(ModelFormat Format, string FileName, ImmutableArray<string> PassedOver)
{
    /// <summary>
    /// Looks for the formats in their order; a format that keeps its weights apart counts only with them, as long as there is another.
    /// Within a format the first name wins.
    /// </summary>
    /// <param name="names">The folder's file names.</param>
    /// <returns>Null where nothing is named as a model is.</returns>
    public static ModelFileChoice? Among(IReadOnlyCollection<string> names)
    {
        HashSet<string> all = [.. names];
        ILookup<ModelFormat, string> byFormat = all
            .Where(static name => ModelFormats.OfFile(name) is not null)
            .Order(StringComparer.Ordinal)
            .ToLookup(static name => ModelFormats.OfFile(name)!.Value);

        // The second round takes an .xml without .bin (an IR without weights has none) and lets the later check explain the rest.
        return Enum.GetValues<ModelFormat>().Select(format => First(format, byFormat[format].Where(name => HasWeights(format, name, all)))).FirstOrDefault(static choice => choice is not null)
            ?? Enum.GetValues<ModelFormat>().Select(format => First(format, byFormat[format])).FirstOrDefault(static choice => choice is not null);
    }

    private static ModelFileChoice? First(ModelFormat format, IEnumerable<string> candidates)
    {
        string[] list = [.. candidates];
        return list.Length == 0 ? null : new ModelFileChoice(format, list[0], [.. list[1..]]);
    }

    private static bool HasWeights(ModelFormat format, string name, HashSet<string> all) =>
        format.WeightsExtension() is not { } extension || all.Contains(Path.ChangeExtension(name, extension));
}
