using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Loads one version and makes it ready to infer. Blocks until done.</summary>
/// <returns>The loaded model, which the caller disposes, or why it cannot be loaded.</returns>
internal delegate Outcome<LoadedModel> LoadVersion(ServableId id, ModelVersionFolder folder, ModelConfig config);
