using System.Collections.Immutable;

namespace Ovms.Repository;

/// <summary>Which of a folder's files is the model: decided from the names alone.</summary>
/// <param name="Format">The model's format.</param>
/// <param name="FileName">The model's main file.</param>
/// <param name="PassedOver">Main files of the same format that were not chosen.</param>
internal sealed record ModelFileChoice(ModelFormat Format, string FileName, ImmutableArray<string> PassedOver)
{
    /// <summary>
    /// Tries the formats in their order and takes the first name of a format. A format with separate weights counts only with its weights
    /// present, unless there is no other candidate.
    /// </summary>
    /// <param name="names">The folder's file names.</param>
    /// <returns>Null if no name is that of a model.</returns>
    public static ModelFileChoice? Among(IReadOnlyCollection<string> names)
    {
        HashSet<string> all = [.. names];
        if (all.Contains(LanguageFiles.Model))
        {
            all.ExceptWith(LanguageFiles.Companions);
        }

        ILookup<ModelFormat, string> byFormat = all
            .Where(static name => ModelFormats.OfFile(name) is not null)
            .Order(StringComparer.Ordinal)
            .ToLookup(static name => ModelFormats.OfFile(name)!.Value);

        // The fallback accepts an .xml without .bin (an IR without weights has none); the later check reports the rest.
        ModelFormat[] formats = Enum.GetValues<ModelFormat>();
        return formats
            .Select(format => First(format, byFormat[format].Where(name => HasWeights(format, name, all))))
            .FirstOrDefault(static choice => choice is not null)
            ?? formats.Select(format => First(format, byFormat[format])).FirstOrDefault(static choice => choice is not null);
    }

    private static ModelFileChoice? First(ModelFormat format, IEnumerable<string> candidates)
    {
        string[] list = [.. candidates];
        return list.Length == 0 ? null : new ModelFileChoice(format, list[0], [.. list[1..]]);
    }

    private static bool HasWeights(ModelFormat format, string name, HashSet<string> all) =>
        format.WeightsExtension() is not { } extension || all.Contains(Path.ChangeExtension(name, extension));
}
