using Ovms.Native;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>Lets the engine read a model's files.</summary>
internal static class ModelReader
{
    /// <summary>Reads the model; weights are found beside it.</summary>
    /// <returns>The model, the caller's to dispose, or what the engine has against the file.</returns>
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
                $"OpenVINO cannot read {file.Path} as {file.Format.DisplayName()}: {failure.Said}. Check that the files are whole and of a version and with operations that OpenVINO supports, or convert the model to OpenVINO IR.");
        }
    }
}
