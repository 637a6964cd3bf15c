using Ovms.Generation.Models;
using Ovms.Repository;
using Ovms.Repository.Language;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Generation.Loading;

/// <summary>Checks what <see cref="LanguageLoader"/> would refuse, without compiling anything.</summary>
internal static class LanguageCheck
{
    /// <summary>Checks options and files of a version; a model for inference passes.</summary>
    /// <param name="config">The model's options.</param>
    /// <param name="file">Its main file.</param>
    /// <param name="notes">Receives sentences about what has no effect.</param>
    public static Outcome Check(ModelConfig config, ModelFile file, ICollection<string> notes)
    {
        if (!LanguageSettings.AreFor(config, file))
        {
            if (LanguageSettings.LackOf(config, file) is { } lack)
            {
                notes.Add(lack);
            }

            if (OptionsOfOtherKind.OnInference(config.Written) is { } other)
            {
                notes.Add(other);
            }

            return Outcome.Ok;
        }

        Outcome<LanguageSettings> settings = LanguageSettings.From(config);
        if (!settings.IsOk)
        {
            return settings.WithoutValue;
        }

        LanguageFolder folder = new(Path.GetDirectoryName(file.Path)!);
        Outcome<LanguageFacts> facts = LanguageFacts.Read(folder);
        if (!facts.IsOk)
        {
            return facts.WithoutValue;
        }

        string?[] warnings = [settings.Value.Warning, LargeCache.WarningOf(settings.Value.CacheBytes, LargeCache.Memory)];
        foreach (string note in facts.Value.Warnings.Concat(warnings.OfType<string>()))
        {
            notes.Add(note);
        }

        return LanguageModelLoader.Check(folder.Path);
    }
}
