using System.Buffers;
using System.Text.Json;
using Ovms.Native;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>Types with elements smaller than a byte, and floats without a wire form: served in raw form only.</summary>
internal sealed class PackedMarshaler(ElementTypeRow row) : TensorMarshaler(row)
{
    /// <inheritdoc/>
    public override Outcome ReadTyped(ref ProtoReader contents, NativeBuffer destination, out long count)
    {
        count = 0;
        return Outcome.Fail(StatusCode.InvalidPrecision, $"{Datatype} has no typed form; send the packed elements in raw_input_contents");
    }

    /// <inheritdoc/>
    public override Outcome ReadJson(ref Utf8JsonReader reader, NativeBuffer destination, out long count)
    {
        count = 0;
        return Outcome.Fail(StatusCode.RestUnsupportedPrecision, $"{Datatype} has no JSON form; send the packed elements as binary data");
    }

    /// <inheritdoc/>
    public override Outcome WriteJson(Tensor source, IBufferWriter<byte> writer) =>
        Outcome.Fail(StatusCode.RestUnsupportedPrecision, $"{Datatype} has no JSON form; ask for the output as binary data");
}
