using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Makes one version ready to infer. Blocks for as long as that takes.</summary>
/// <returns>The loaded model, the caller's to dispose, or what stands against it.</returns>
internal delegate Outcome<LoadedModel> LoadVersion(ServableId id, ModelVersionFolder folder, ModelConfig config);
