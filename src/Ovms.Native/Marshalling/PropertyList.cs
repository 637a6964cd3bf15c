using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Ovms.Native.Interop;

namespace Ovms.Native.Marshalling;

/// <summary>
/// Key-value pairs as <c>ov_property_t[]</c>: one native block with the array followed by the texts. Valid until <see cref="Dispose"/>;
/// the library copies what it keeps.
/// </summary>
internal unsafe ref struct PropertyList
{
    private ov_property_t* _items;

    internal PropertyList(IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        int bytes = properties.Count * sizeof(ov_property_t);
        foreach ((string key, string value) in properties)
        {
            Check(key, value);
            bytes = checked(bytes + Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value) + 2);
        }

        Count = (nuint)properties.Count;
        _items = (ov_property_t*)NativeMemory.Alloc((nuint)bytes);
        Span<byte> rest = new Span<byte>(_items, bytes)[(properties.Count * sizeof(ov_property_t))..];
        for (int i = 0; i < properties.Count; i++)
            _items[i] = new ov_property_t { key = Append(properties[i].Key, ref rest), value = Append(properties[i].Value, ref rest) };
    }

    internal nuint Count { get; }

    internal readonly ov_property_t* Items => _items;

    public void Dispose()
    {
        NativeMemory.Free(_items);
        _items = null;
    }

    private static void Check(string key, string value)
    {
        CString.Require(key, nameof(key));
        CString.RequireNoNul(value, nameof(value));
        if (IsPointerValued(key))
        {
            throw new ArgumentException(
                $"The property {key} takes functions or device handles, not text, and cannot be set here. Leave it out.", nameof(key));
        }
    }

    // C takes these values as pointers to functions or objects and would call or follow them.
    private static bool IsPointerValued(string key) => key is
        "CACHE_ENCRYPTION_CALLBACKS" or "OCL_CONTEXT" or "OCL_QUEUE" or "VA_DEVICE" or "MEM_HANDLE" or "DEV_OBJECT_HANDLE";

    private static byte* Append(string text, ref Span<byte> rest)
    {
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(rest));
        int length = Encoding.UTF8.GetBytes(text, rest);
        rest[length] = 0;
        rest = rest[(length + 1)..];
        return start;
    }
}
