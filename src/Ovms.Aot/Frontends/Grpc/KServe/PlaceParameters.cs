using Ovms.Inference.Messages;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>The parameters of an output that was written to shared memory: region, bytes, and the offset unless it is 0.</summary>
internal static class PlaceParameters
{
    private const int Key = 1;
    private const int Value = 2;
    private const int Int64Param = 2;
    private const int StringParam = 3;

    /// <summary>Bytes of the entries; 0 for an output in the answer.</summary>
    /// <param name="place">The output's place; null if it is in the answer.</param>
    /// <param name="written">The bytes that were written there.</param>
    public static long Measure(SharedPlace? place, long written) => place is null
        ? 0
        : Entry(MeasureRegion(place)) + Entry(MeasureNumber(SharedPlace.SizeName, written))
            + (place.Offset == 0 ? 0 : Entry(MeasureNumber(SharedPlace.OffsetName, place.Offset)));

    /// <summary>Writes exactly as many bytes.</summary>
    public static void Write(ProtoWriter writer, SharedPlace place, long written)
    {
        writer.WriteHeader(InferResponseWriter.OutputParameters, MeasureRegion(place));
        writer.WriteText(Key, SharedPlace.RegionName);
        writer.WriteHeader(Value, ProtoSize.Text(StringParam, place.Name!));
        writer.WriteText(StringParam, place.Name!);
        WriteNumber(writer, SharedPlace.SizeName, written);
        if (place.Offset != 0)
        {
            WriteNumber(writer, SharedPlace.OffsetName, place.Offset);
        }
    }

    private static long Entry(long length) => ProtoSize.Field(InferResponseWriter.OutputParameters, length);

    private static long MeasureRegion(SharedPlace place) =>
        ProtoSize.Text(Key, SharedPlace.RegionName) + ProtoSize.Field(Value, ProtoSize.Text(StringParam, place.Name!));

    private static long MeasureNumber(string name, long number) =>
        ProtoSize.Text(Key, name) + ProtoSize.Field(Value, MeasureValue(number));

    private static long MeasureValue(long number) => ProtoSize.Tag(Int64Param) + ProtoSize.Varint((ulong)number);

    // A member of a oneof is written even if it is 0.
    private static void WriteNumber(ProtoWriter writer, string name, long number)
    {
        writer.WriteHeader(InferResponseWriter.OutputParameters, MeasureNumber(name, number));
        writer.WriteText(Key, name);
        writer.WriteHeader(Value, MeasureValue(number));
        writer.WriteVarint((ulong)Int64Param << 3);
        writer.WriteVarint((ulong)number);
    }
}
