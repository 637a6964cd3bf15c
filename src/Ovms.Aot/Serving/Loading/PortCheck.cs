using Ovms.Devices;
using Ovms.Native;
using Ovms.Repository;
using Ovms.Serving.Preparation;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>Checks whether devices can compute with a model's inputs and outputs, without compiling it.</summary>
internal static class PortCheck
{
    /// <summary>Reads the model if the devices cannot compute with every type.</summary>
    public static Outcome Check(Core core, ModelFile file, TargetDevice device)
    {
        if (!StringRule.Concerns(device))
        {
            return Outcome.Ok;
        }

        Outcome<Model> read = ModelReader.Read(core, file);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        using Model model = read.Value;
        return StringRule.Apply(device, model.Inputs, model.Outputs, out _).WithoutValue;
    }
}
