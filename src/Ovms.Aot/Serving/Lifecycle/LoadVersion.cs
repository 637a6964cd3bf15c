using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Loads one version and makes it ready to infer. Blocks until done.</summary>
/// <param name="id">The version.</param>
/// <param name="folder">Its files.</param>
/// <param name="config">The model's settings.</param>
/// <param name="isReturn">Whether it serves already on a worse device, and a load counts only on a better one.</param>
/// <returns>The loaded model, which the caller disposes, or why it cannot be loaded.</returns>
internal delegate Outcome<LoadedModel> LoadVersion(ServableId id, ModelVersionFolder folder, ModelConfig config, bool isReturn);
