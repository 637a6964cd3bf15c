using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Graphs.Execution;

/// <summary>Test models computed by the engine alone, without a server: what graphs must answer.</summary>
internal sealed class EngineAlone : IDisposable
{
    private readonly Dictionary<string, CompiledModel> _models = [];

    /// <summary>Computes a model of FP32 inputs.</summary>
    /// <param name="name">The model.</param>
    /// <param name="inputs">Values of its inputs, in its order.</param>
    /// <returns>Values of its first output.</returns>
    public float[] Run(string name, params float[][] inputs)
    {
        if (!_models.TryGetValue(name, out CompiledModel? compiled))
        {
            using Model model = Engine.Core.ReadModel(Directory.GetFiles(Path.Combine(Repo.Model(name), "1"), "*.xml").Single());
            _models[name] = compiled = Engine.Compile(model);
        }

        using InferRequest request = compiled.CreateInferRequest();
        Tensor[] tensors = [.. inputs.Select((values, i) => Engine.Filled<float>(ElementType.F32, ShapeOf(compiled.Inputs[i]), values))];
        for (int i = 0; i < tensors.Length; i++)
        {
            request.SetInput(i, tensors[i]);
        }

        request.Infer();
        using Tensor output = request.GetOutput(0);
        float[] answer = MemoryMarshal.Cast<byte, float>(output.Bytes).ToArray();
        Array.ForEach(tensors, static tensor => tensor.Dispose());
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CompiledModel model in _models.Values)
        {
            model.Dispose();
        }
    }

    private static long[] ShapeOf(PortInfo port) => [.. port.Shape.Dimensions.ToArray().Select(static size => size.Min)];
}
