using Ovms.SharedMemory;
using Ovms.Status;

namespace Ovms.Inference.Messages;

/// <summary>
/// Where a tensor lies in shared memory, as the parameters of an input or of a requested output say (KServe's system shared memory).
/// </summary>
/// <remarks>
/// The first fault is kept and reported when the call runs. Without a region's name the other parameters have no meaning.
/// </remarks>
internal sealed class SharedPlace
{
    /// <summary>The parameter with the region's name.</summary>
    public const string RegionName = "shared_memory_region";

    /// <summary>The parameter with the tensor's offset in the region; 0 if it is left out.</summary>
    public const string OffsetName = "shared_memory_offset";

    /// <summary>The parameter with the bytes of an input, or with the most bytes of an output.</summary>
    public const string SizeName = "shared_memory_byte_size";

    private Outcome _fault = Outcome.Ok;
    private bool _hasSize;

    /// <summary>The region's name; null if no parameter has it.</summary>
    public string? Name { get; private set; }

    /// <summary>Where the tensor begins in the region.</summary>
    public long Offset { get; private set; }

    /// <summary>Its bytes, or the most of them.</summary>
    public long ByteSize { get; private set; }

    /// <summary>The leased region, for an output of a call that runs.</summary>
    public SharedRegion? Region { get; set; }

    /// <summary>The first fault in the parameters.</summary>
    public Outcome Fault => !_fault.IsOk || _hasSize
        ? _fault
        : Outcome.Fail(StatusCode.SharedMemoryInvalid, $"{SizeName} is missing beside {RegionName}: {Shown.Bounded(Name ?? "")}");

    /// <summary>Whether a parameter belongs here.</summary>
    public static bool Knows(string name) => name is RegionName or OffsetName or SizeName;

    /// <summary>Sets one parameter of a tensor; ignores those that do not belong here.</summary>
    /// <param name="place">The tensor's place, made with its first parameter.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="value">Its value.</param>
    public static void Set(ref SharedPlace? place, string name, ParameterValue value)
    {
        if (Knows(name))
        {
            (place ??= new SharedPlace()).Set(name, value);
        }
    }

    private void Set(string name, ParameterValue value)
    {
        if (name == RegionName)
        {
            Name = value.Text is { Length: > 0 } text ? text : Refuse(name, "a region's name", value);
            return;
        }

        if (value.Number is not <= long.MaxValue)
        {
            Refuse(name, "a number of bytes, whole and not negative", value);
        }
        else if (name == OffsetName)
        {
            Offset = (long)value.Number;
        }
        else
        {
            (ByteSize, _hasSize) = ((long)value.Number, true);
        }
    }

    private string Refuse(string name, string expected, ParameterValue value)
    {
        if (_fault.IsOk)
        {
            _fault = Outcome.Fail(StatusCode.SharedMemoryInvalid, $"{name}; Expected: {expected}; Actual: {value}");
        }

        return "";
    }
}
