using Ovms.Repository;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>Loads a language model for text generation, and logs it. Blocks until done.</summary>
/// <param name="id">The model and version.</param>
/// <param name="file">The model's file; its folder holds the others.</param>
/// <param name="settings">The settings.</param>
/// <returns>The loaded model, which the caller disposes, or why it cannot be served.</returns>
internal delegate Outcome<LoadedModel> LoadLanguage(ServableId id, ModelFile file, LanguageSettings settings);
