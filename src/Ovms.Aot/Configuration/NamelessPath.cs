using Ovms.Options;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>
/// A path of a model whose name is not given: the folder of a language model or of a graph, which may be one, is its name. Other models
/// need a name, as in the original.
/// </summary>
internal static class NamelessPath
{
    /// <summary>What a path lacks to be served without a name, as a sentence that says what is there; null if it lacks nothing.</summary>
    /// <param name="path">The path; not empty.</param>
    /// <param name="host">The machine.</param>
    public static string? LackOf(string path, HostFacts host)
    {
        string[] folders = [path, Path.Combine(path, "1")];
        if (host.PathExists(Path.Combine(path, ServableFolders.GraphFile))
            || folders.Any(folder => LanguageFiles.Companions.All(name => host.PathExists(Path.Combine(folder, name)))))
        {
            return null;
        }

        string shown = Shown.Bounded(path);
        if (!host.PathExists(path))
        {
            return $"model_path: {shown} does not exist";
        }

        if (host.IsFile(path))
        {
            return Path.GetFileName(path) == LanguageFiles.Model
                ? $"model_path: {shown} is a file; without --model_name, give the folder of the language model that it belongs to"
                : $"model_path: {shown} is a file; give it a name with --model_name";
        }

        string? folder = Array.Find(folders, folder => host.PathExists(Path.Combine(folder, LanguageFiles.Model)));
        return folder is null
            ? $"model_path: {shown} holds no language model ({LanguageFiles.Model}, {LanguageFiles.Tokenizer}, "
                + $"{LanguageFiles.Detokenizer}) and no {ServableFolders.GraphFile}; any other model needs --model_name"
            : $"model_path: {Shown.Bounded(folder)} holds {LanguageFiles.Model}, but not "
                + string.Join(" and ", LanguageFiles.Companions.Where(name => !host.PathExists(Path.Combine(folder, name))))
                + "; to serve it as a language model, make its tokenizer: "
                + $"convert_tokenizer NAME_OR_FOLDER --with-detokenizer -o {Shown.Bounded(folder)}";
    }
}
