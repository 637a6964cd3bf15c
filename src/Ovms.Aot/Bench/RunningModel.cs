using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Ovms.Bench;

/// <summary>What a running server says of a model.</summary>
/// <param name="Front">What it speaks.</param>
/// <param name="HasBinary">Whether it takes binary tensors over REST.</param>
/// <param name="Inputs">The model's inputs.</param>
internal sealed record RunningModel(ServerFront Front, bool HasBinary, ImmutableArray<RunningInput> Inputs)
{
    /// <summary>Reads the metadata of REST.</summary>
    /// <returns>Null if it has not the form.</returns>
    public static RunningModel? OfJson(JsonElement metadata, bool hasBinary)
    {
        if (metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty("inputs", out JsonElement inputs) || inputs.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        ImmutableArray<RunningInput>.Builder found = ImmutableArray.CreateBuilder<RunningInput>();
        foreach (JsonElement input in inputs.EnumerateArray())
        {
            if (input.ValueKind != JsonValueKind.Object
                || !input.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String
                || !input.TryGetProperty("datatype", out JsonElement type) || type.ValueKind != JsonValueKind.String
                || !input.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            long?[] dimensions = [.. shape.EnumerateArray().Select(DimensionOf)];
            if (dimensions.Contains(null))
            {
                return null;
            }

            found.Add(new RunningInput(name.GetString()!, type.GetString()!, [.. dimensions.Select(static dimension => dimension!.Value)]));
        }

        return new RunningModel(ServerFront.Rest, hasBinary, found.ToImmutable());
    }

    // Some servers write 64-bit numbers as strings, as protobuf's own JSON does.
    private static long? DimensionOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetInt64(out long number) => number,
        JsonValueKind.String when long.TryParse(
            element.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        _ => null,
    };
}

/// <summary>An input of a model on a running server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">KServe's name of its type.</param>
/// <param name="Shape">Its dimensions; negative where any size is taken.</param>
internal sealed record RunningInput(string Name, string Datatype, ImmutableArray<long> Shape);
