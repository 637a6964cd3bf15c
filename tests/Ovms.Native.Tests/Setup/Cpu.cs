using System.Runtime.InteropServices;

namespace Ovms.Native.Tests.Setup;

/// <summary>Shorthands for what nearly every test needs.</summary>
internal static class Cpu
{
    /// <summary>No properties.</summary>
    internal static readonly IReadOnlyList<KeyValuePair<string, string>> None = [];

    /// <summary>Reads and compiles a test model for the CPU; core and model are already gone when it returns.</summary>
    internal static CompiledModel Compile(string name, params ReadOnlySpan<(string Key, string Value)> properties)
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model(name));
        return core.Compile(model, "CPU", Properties(properties));
    }

    internal static IReadOnlyList<KeyValuePair<string, string>> Properties(params ReadOnlySpan<(string Key, string Value)> properties)
    {
        List<KeyValuePair<string, string>> list = [];
        foreach ((string key, string value) in properties)
            list.Add(KeyValuePair.Create(key, value));
        return list;
    }

    /// <summary>A tensor that owns its memory, filled with <paramref name="values"/>.</summary>
    internal static Tensor Filled<T>(ElementType type, ReadOnlySpan<long> shape, ReadOnlySpan<T> values) where T : unmanaged
    {
        Tensor tensor = Tensor.Allocate(type, shape);
        MemoryMarshal.AsBytes(values).CopyTo(tensor.Bytes);
        return tensor;
    }

    /// <summary>A copy of what a tensor holds.</summary>
    internal static T[] Values<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.Bytes).ToArray();
}
