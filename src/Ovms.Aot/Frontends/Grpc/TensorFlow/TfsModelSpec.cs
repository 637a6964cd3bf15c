using System.Globalization;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>Reads the version that a TensorFlow Serving ModelSpec names.</summary>
internal static class TfsModelSpec
{
    /// <summary>The version's number as text, empty for none; a label is rejected.</summary>
    public static Outcome<string> VersionOf(ModelSpec model) => model.VersionChoiceCase == ModelSpec.VersionChoiceOneofCase.VersionLabel
        ? RefuseLabel(model.VersionLabel)
        : TextOf(model.Version);

    /// <summary>A version's number as text; empty for none.</summary>
    public static string TextOf(long? version) => version?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <summary>Rejects a label: the server knows none, and the default version must not answer in its place.</summary>
    public static Outcome RefuseLabel(string label) => Outcome.Fail(
        StatusCode.ModelVersionLabelUnsupported,
        $"model_spec.version_label: {Shown.Bounded(label)}; "
        + "Expected: the number in model_spec.version, or neither for the default version");
}
