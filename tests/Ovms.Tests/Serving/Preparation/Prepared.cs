using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Preparation;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>The way from a base path to a prepared model.</summary>
internal static class Prepared
{
    internal static Outcome<PreparedModel> Prepare(string name, ModelOptions options) => PrepareAt(Repo.Model(name), options);

    internal static Outcome<PreparedModel> PrepareAt(string basePath, ModelOptions options)
    {
        ModelFile file = ModelFile.Find(ModelRepository.Open(basePath).Value!.Versions[0].Path).Value!;
        return ModelPreparation.Prepare(ModelReader.Read(Engine.Core, file).Value!, file.Ir, ModelSettings.Parse(options).Value!, new PortNames(file.Names));
    }

    internal static string Describe(PreparedModel prepared)
    {
        PortInfo input = prepared.Model.Inputs[0];
        PortInfo output = prepared.Model.Outputs[0];
        string type = input.ElementType is ElementType.F32 or ElementType.F16 ? "FP" : input.ElementType.ToString();
        return $"{prepared.Names.OfInput(input)} {type} {input.Shape} {prepared.InputLayouts[0]} -> {prepared.Names.OfOutput(output)} {output.Shape} {prepared.OutputLayouts[0]}";
    }
}
