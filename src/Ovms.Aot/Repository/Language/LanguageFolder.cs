using Ovms.Status;

namespace Ovms.Repository.Language;

/// <summary>The files of a language model in one folder, as optimum-cli writes them.</summary>
/// <param name="Path">The folder; absolute.</param>
internal sealed record LanguageFolder(string Path)
{
    /// <summary>The IR of the model.</summary>
    public string Model => In(LanguageFiles.Model);

    /// <summary>The IR that turns texts into tokens.</summary>
    public string Tokenizer => In(LanguageFiles.Tokenizer);

    /// <summary>The IR that turns tokens into texts.</summary>
    public string Detokenizer => In(LanguageFiles.Detokenizer);

    /// <summary>Whether the folder holds a model and both of its tokenizer IRs, by which a language model is recognised.</summary>
    public bool IsComplete => File.Exists(Model) && File.Exists(Tokenizer) && File.Exists(Detokenizer);

    /// <summary>A file of the folder.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Checks that all files are there that a language model needs.</summary>
    /// <returns>Success, or what is missing and the command that makes it.</returns>
    public Outcome Check()
    {
        if (!Directory.Exists(Path))
        {
            return Outcome.Fail(StatusCode.PathInvalid, $"There is no folder {Path}; it should hold a language model in OpenVINO IR.");
        }

        if (Missing(Model) is { } model)
        {
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"The language model has no {model}. Export the model into this folder: "
                + $"optimum-cli export openvino --model NAME_OR_FOLDER --task text-generation-with-past {Path}");
        }

        return (Missing(Tokenizer) ?? Missing(Detokenizer)) is { } tokenizer
            ? Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"The language model has no {tokenizer}, so texts and tokens cannot be turned into each other. Make it from the model's "
                + $"tokenizer: convert_tokenizer NAME_OR_FOLDER --with-detokenizer -o {Path} "
                + "(from pip install openvino-tokenizers[transformers]); optimum-cli export openvino makes it too when that is installed.")
            : Outcome.Ok;
    }

    // Both files of an IR; the path of the one that is not there.
    private static string? Missing(string ir) =>
        new[] { ir, System.IO.Path.ChangeExtension(ir, ".bin") }.FirstOrDefault(static path => !File.Exists(path));
}
