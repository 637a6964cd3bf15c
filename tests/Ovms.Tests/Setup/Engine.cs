using System.Runtime.InteropServices;
using Ovms.Native;

namespace Ovms.Tests.Setup;

/// <summary>The real engine on the CPU, for tests of what is done to models.</summary>
internal static class Engine
{
    private const string Variable = "OVMS_OPENVINO_DIR";
    private static readonly Lazy<Core> s_core = new(static () => new Core());

    /// <summary>One for all tests; it is thread-safe.</summary>
    internal static Core Core => s_core.Value;

    /// <summary>Points the library search at the runtime that build.sh has unpacked, unless a folder is named already.</summary>
    [Before(TestSession)]
    public static void UseUnpackedRuntime()
    {
        string unpacked = Path.Combine(Repo.Root, ".cache", "openvino", "lib");
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) && Directory.Exists(unpacked))
        {
            Environment.SetEnvironmentVariable(Variable, unpacked);
        }
    }

    /// <summary>Compiles for the CPU.</summary>
    internal static CompiledModel Compile(Model model) => Core.Compile(model, "CPU", []);

    /// <summary>Runs a model of one input once and copies its first output.</summary>
    internal static (long[] Shape, TOut[] Values) Infer<TIn, TOut>(CompiledModel compiled, ReadOnlySpan<long> shape, ReadOnlySpan<TIn> values)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = Filled(compiled.Inputs[0].ElementType, shape, values);
        request.SetInput(0, input);
        request.Infer();
        using Tensor output = request.GetOutput(0);
        return (output.GetShape(), MemoryMarshal.Cast<byte, TOut>(output.Bytes).ToArray());
    }

    /// <summary>A tensor with memory of its own.</summary>
    internal static Tensor Filled<T>(ElementType type, ReadOnlySpan<long> shape, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Tensor tensor = Tensor.Allocate(type, shape);
        MemoryMarshal.AsBytes(values).CopyTo(tensor.Bytes);
        return tensor;
    }
}
