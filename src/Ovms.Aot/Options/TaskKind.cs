namespace Ovms.Options;

/// <summary>What a model is served for.</summary>
internal enum TaskKind
{
    /// <summary>Generating text, over the OpenAI API.</summary>
    TextGeneration,

    /// <summary>Inference alone, also if the files are those of a language model.</summary>
    None,
}
