using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving.Preparation;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Bench;

/// <summary>
/// The inputs of a request for a model on a running server: its metadata, with --shape and --batch_size in place of open dimensions.
/// </summary>
internal static class RequestShape
{
    private const long MostBytes = 1L << 30;

    /// <summary>Compares the inputs of a running server with those of a request that was made for the same model elsewhere.</summary>
    /// <returns>Ok, or the first difference.</returns>
    public static Outcome Compare(ImmutableArray<RunningInput> inputs, Signature request)
    {
        foreach (TensorInfo info in request.Inputs)
        {
            RunningInput? same = inputs.FirstOrDefault(input => input.Name == info.Name);
            if (same?.Datatype != info.Marshaler.Datatype || !ShapeOf(same).Contains(BenchInput.ShapeOf(info.Shape)))
            {
                string theirs = string.Join(", ", inputs.Select(static input => $"{input.Name} {input.Datatype} {ShapeOf(input)}"));
                return Outcome.Fail(
                    StatusCode.ModelConfigInvalid,
                    $"The model at --model_path is not that of the server: its input {info.Name} {info.Marshaler.Datatype} {info.Shape} "
                        + $"is not among the server's, {theirs}.");
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Makes the signature that a request is made up for.</summary>
    /// <param name="inputs">The inputs as the server describes them.</param>
    /// <param name="shape">The value of --shape; empty if it is not given.</param>
    /// <param name="batch">The value of --batch_size.</param>
    /// <returns>The signature, or why no request can be made.</returns>
    public static Outcome<Signature> Of(ImmutableArray<RunningInput> inputs, string shape, BatchSizeSetting batch)
    {
        if (inputs.IsEmpty || inputs.DistinctBy(static input => input.Name).Count() < inputs.Length)
        {
            return Outcome.Fail(StatusCode.ModelConfigInvalid, "The server's metadata names no inputs, or one twice.");
        }

        Outcome<Dictionary<string, PartialShape>> given = Given(inputs, shape);
        if (!given.IsOk)
        {
            return given.WithoutValue;
        }

        List<TensorInfo> infos = [];
        double bytes = 0;
        foreach (RunningInput input in inputs)
        {
            Outcome<TensorInfo> info = InfoOf(infos.Count, input, given.Value.GetValueOrDefault(input.Name), batch);
            if (!info.IsOk)
            {
                return info.WithoutValue;
            }

            bytes += BytesOf(info.Value);
            if (!(bytes <= MostBytes))
            {
                return Outcome.Fail(
                    StatusCode.ModelConfigInvalid,
                    $"The inputs of a request, up to {Shown.Bounded(input.Name)}, take more than {MostBytes >> 20} MiB; "
                        + "give a smaller --shape.");
            }

            infos.Add(info.Value);
        }

        return new Signature([.. infos], []);
    }

    private static Outcome<Dictionary<string, PartialShape>> Given(ImmutableArray<RunningInput> inputs, string text)
    {
        Dictionary<string, PartialShape> shapes = [];
        if (string.IsNullOrWhiteSpace(text))
        {
            return shapes;
        }

        bool isNamed = NamedTexts.Is(text);
        if (!isNamed && inputs.Length > 1)
        {
            return Outcome.Fail(
                StatusCode.AnonymousFixedShapeNotAllowed,
                $"The model has {inputs.Length} inputs; name the one that is meant. Inputs: {NamesOf(inputs)}");
        }

        Outcome<ImmutableArray<KeyValuePair<string, string>>> named = isNamed
            ? NamedTexts.Parse(text, StatusCode.ShapeWrongFormat)
            : ImmutableArray.Create(KeyValuePair.Create(inputs[0].Name, text));
        if (!named.IsOk)
        {
            return named.WithoutValue;
        }

        foreach ((string name, string one) in named.Value)
        {
            Outcome<PartialShape> shape = ShapeText.Parse(one);
            if (!inputs.Any(input => input.Name == name))
            {
                return Outcome.Fail(StatusCode.ConfigShapeIsNotInModel, $"Given: {name}; Inputs: {NamesOf(inputs)}");
            }

            if (!shape.IsOk)
            {
                return shape.WithoutValue;
            }

            shapes[name] = shape.Value;
        }

        return shapes;
    }

    private static Outcome<TensorInfo> InfoOf(int index, RunningInput input, PartialShape? given, BatchSizeSetting batch)
    {
        if (TensorMarshaler.ForDatatype(input.Datatype) is not { } marshaler)
        {
            return Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                $"Input {Shown.Bounded(input.Name)} has the datatype {Shown.Bounded(input.Datatype)}, which is unknown here.");
        }

        Dimension[] dimensions = [.. ShapeOf(input).Dimensions];
        if (given is not null)
        {
            long[] asked = BenchInput.ShapeOf(given);
            if (!new PartialShape(dimensions).Contains(asked))
            {
                return Outcome.Fail(
                    StatusCode.ShapeWrongFormat,
                    $"Input {input.Name} of the server has the shape ({string.Join(',', input.Shape)}); "
                        + $"({string.Join(',', asked)}) does not fit.");
            }

            dimensions = [.. asked.Select(Dimension.Of)];
        }
        else if (batch.Size is { } size && dimensions is [{ IsStatic: false }, ..])
        {
            dimensions[0] = Dimension.Of(Math.Max(size.Min, 1));
        }

        return new TensorInfo(index, input.Name, marshaler.ElementType, new PartialShape(dimensions), "N...");
    }

    private static PartialShape ShapeOf(RunningInput input) =>
        new([.. input.Shape.Select(static size => size < 0 ? Dimension.Dynamic : Dimension.Of(size))]);

    // Not a number for a shape of a huge and an empty dimension; the sum is then not within the bound.
    private static double BytesOf(TensorInfo info) =>
        BenchInput.ShapeOf(info.Shape).Aggregate(Math.Max(info.Marshaler.BitWidth, 64) / 8.0, static (bytes, size) => bytes * size);

    private static string NamesOf(ImmutableArray<RunningInput> inputs) => string.Join(", ", inputs.Select(static input => input.Name));
}
