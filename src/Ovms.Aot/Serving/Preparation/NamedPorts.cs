using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>
/// Finds settings of inputs and outputs that a model does not have, by its file alone. A load finds all of them; this finds those of an IR
/// whose ports all have names, before OpenVINO reads it.
/// </summary>
internal static class NamedPorts
{
    /// <summary>Checks the names in a model's settings.</summary>
    /// <returns>What the load would say of each name that the model does not have.</returns>
    public static IEnumerable<Outcome> Unknown(ModelSettings settings, ModelFile file)
    {
        if (file.Ir is not { InputNames.Length: > 0 } ir)
        {
            yield break;
        }

        string[] inputs = [.. ir.InputNames.Select(name => file.Names.Inputs.GetValueOrDefault(name) ?? name)];
        string[] outputs = [.. ir.OutputNames.Select(name => file.Names.Outputs.GetValueOrDefault(name) ?? name)];
        foreach (string name in settings.Shape.Names.Except(inputs))
        {
            yield return Outcome.Fail(StatusCode.ConfigShapeIsNotInModel, $"Given: {name}; Inputs: {PortNames.List(inputs)}");
        }

        foreach (string name in outputs.Length == 0 ? [] : settings.Layout.Names.Except([.. inputs, .. outputs]))
        {
            yield return Outcome.Fail(
                StatusCode.ConfigLayoutIsNotInModel,
                $"Given: {name}; Inputs: {PortNames.List(inputs)}; Outputs: {PortNames.List(outputs)}");
        }
    }
}
