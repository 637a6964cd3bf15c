namespace Ovms.Repository;

/// <summary>The files of a language model's folder, as optimum-intel exports them.</summary>
internal static class LanguageFiles
{
    /// <summary>The model.</summary>
    public const string Model = "openvino_model.xml";

    /// <summary>Text to token ids.</summary>
    public const string Tokenizer = "openvino_tokenizer.xml";

    /// <summary>Token ids to text.</summary>
    public const string Detokenizer = "openvino_detokenizer.xml";

    /// <summary>The models that serve the language model and are not served themselves.</summary>
    public static IReadOnlyList<string> Companions { get; } = [Tokenizer, Detokenizer];

    /// <summary>Whether a folder with these files holds a language model with its tokenizer.</summary>
    public static bool AreAmong(IReadOnlyCollection<string> names) =>
        names.Contains(Model) && Companions.All(names.Contains);
}
