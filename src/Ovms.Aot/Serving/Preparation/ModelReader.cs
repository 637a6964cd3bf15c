using Ovms.Native;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>Reads a model's files with OpenVINO.</summary>
internal static class ModelReader
{
    /// <summary>Reads the model. OpenVINO finds the weights beside it.</summary>
    /// <returns>The model, which the caller disposes, or OpenVINO's error.</returns>
    public static Outcome<Model> Read(Core core, ModelFile file)
    {
        try
        {
            return core.ReadModel(file.Path);
        }
        catch (OpenVinoException failure)
        {
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"OpenVINO cannot read {file.Path} as {file.Format.DisplayName()}: {failure.Said}. "
                    + "Check that the files are whole and of a version and with operations that OpenVINO supports, "
                    + "or convert the model to OpenVINO IR.");
        }
    }
}
